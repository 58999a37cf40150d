#ifndef CLEAT_LIB_LAYER_PACK_H_
#define CLEAT_LIB_LAYER_PACK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "lib/tar/writer.h"

namespace cleat::layer {

struct PackOptions {
  // Times after this many seconds of the epoch become it: what
  // SOURCE_DATE_EPOCH means (reproducible-builds.org).
  absl::optional<int64_t> latest_mtime;
  // Keep nanoseconds. Docker's and most layers have whole seconds.
  bool nanoseconds = false;
};

// Writes the tree in `directory` (borrowed, readable) to `sink` as a layer's
// tar. The same tree gives the same bytes: names sorted by their bytes, each
// directory before what is in it, the first name of an inode a file and the
// others hard links to it. Of extended attributes go security.capability and
// user.*, as with Docker; overlayfs's own never. Sockets are left out, what is
// mounted in the tree is an empty directory. kFailedPrecondition for a file
// that changes its size meanwhile; errors name the path below the tree.
//
// Memory: a name per directory entry on the way down, and one per inode with
// several links.
absl::Status Pack(int directory, const PackOptions& options, tar::Sink sink);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_PACK_H_
