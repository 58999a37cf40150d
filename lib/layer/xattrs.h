#ifndef CLEAT_LIB_LAYER_XATTRS_H_
#define CLEAT_LIB_LAYER_XATTRS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/tar/entry.h"

namespace cleat::layer {

enum class Links { kFollowed, kNotFollowed };

// The extended attributes of the file at `path` that an archive keeps, by name:
// `user.` ones that are not overlayfs's, and a file's capabilities. A file
// system without any has none.
absl::StatusOr<std::vector<tar::Xattr>> ReadXattrs(const std::string& path,
                                                   Links links);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_XATTRS_H_
