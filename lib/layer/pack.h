#ifndef CLEAT_LIB_LAYER_PACK_H_
#define CLEAT_LIB_LAYER_PACK_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "lib/diff/walk.h"
#include "lib/procfs/id_map.h"
#include "lib/tar/writer.h"

namespace cleat::layer {

struct Owner {
  uint32_t uid = 0;
  uint32_t gid = 0;
};

struct PackOptions {
  // Times after this many seconds of the epoch become it: what
  // SOURCE_DATE_EPOCH means (reproducible-builds.org).
  absl::optional<int64_t> latest_mtime;
  // Keep nanoseconds. Docker's and most layers have whole seconds.
  bool nanoseconds = false;
  // All belongs to this owner.
  absl::optional<Owner> owner;
  // Ids are those outside of these maps and become those inside; an empty map
  // leaves them. An id that a map lacks is an error.
  std::vector<procfs::IdRange> users;
  std::vector<procfs::IdRange> groups;
  // Refuse files that make more bytes in all, holes included; -1: any number.
  int64_t max_size = -1;
  // What is of neither tree: see diff::WalkOptions.
  std::vector<std::string> without;
  // Only these paths, with all that is in them; empty: all.
  std::vector<std::string> only;
  // Leave out the root's own entry, as `docker export` does.
  bool without_root = false;
  // Takes an mtree(5) line for each entry, where it is set.
  tar::Sink manifest;
};

// Writes what `after` has that `before` has not to `sink` as a layer's tar:
// what is deleted as whiteouts, and all of `after` when `before` is empty. Of a
// raw stack its own whiteouts and opaque directories become the layer's (OCI
// image spec, layer.md).
//
// The same trees give the same bytes: names sorted by their bytes, each
// directory before what is in it, the first name of an inode a file and the
// others hard links to it. Of extended attributes go security.capability and
// user.*, as with Docker; overlayfs's own never. Sockets are left out, what is
// mounted in the tree is an empty directory. The root is in a layer of changes
// only if its owner, mode or attributes are changed.
//
// kFailedPrecondition for a file that changes or goes meanwhile, for one whose
// content overlayfs has elsewhere, and for a name that would delete another
// (".wh.…"); kResourceExhausted beyond options.max_size. Errors name the path
// below the tree.
//
// Memory: a name per directory entry on the way down, and one per inode with
// several links.
absl::Status Pack(const diff::Stack& before, const diff::Stack& after,
                  const PackOptions& options, tar::Sink sink);

// All of the raw tree in `directory` (borrowed, readable).
absl::Status Pack(int directory, const PackOptions& options, tar::Sink sink);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_PACK_H_
