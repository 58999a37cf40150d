#ifndef CLEAT_LIB_LAYER_MTREE_H_
#define CLEAT_LIB_LAYER_MTREE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "lib/tar/entry.h"

namespace cleat::layer {

// A line of an mtree(5) manifest in which each name is a whole path (as
// bsdtar, go-mtree and umoci read it): type, owner, mode, time, and what the
// type has, a link's target or a file's size and digest ("sha256:…", or empty
// for none). Bytes of names that are no plain ASCII are written in octal, as
// vis(3) does with VIS_OCTAL. A hard link is a file without size or digest.
std::string MtreeLine(const tar::Entry& entry, absl::string_view digest);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_MTREE_H_
