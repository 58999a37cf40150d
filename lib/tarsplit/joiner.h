#ifndef CLEAT_LIB_TARSPLIT_JOINER_H_
#define CLEAT_LIB_TARSPLIT_JOINER_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compress/byte_source.h"
#include "lib/sys/fd.h"

namespace cleat::tarsplit {

// Opens a file of the unpacked tree, by its name in the archive.
using FileGetter =
    std::function<absl::StatusOr<sys::Fd>(const std::string& name)>;

// Gets files of the tree in `root` (borrowed). Links on the way are followed
// inside it; the last component must be a regular file: kFailedPrecondition.
FileGetter FilesBelow(int root);

// Writes the archive that was split to `sink`: `split` is tar-split's
// uncompressed text, from whoever wrote it. kDataLoss for what is no tar-split,
// and for a file that has another size or checksum than it had; messages name
// it. Memory: one line, 32 MiB at most.
absl::Status Join(compress::ByteSource* split, const FileGetter& files,
                  const std::function<absl::Status(absl::string_view)>& sink);

}  // namespace cleat::tarsplit

#endif  // CLEAT_LIB_TARSPLIT_JOINER_H_
