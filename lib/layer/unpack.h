#ifndef CLEAT_LIB_LAYER_UNPACK_H_
#define CLEAT_LIB_LAYER_UNPACK_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "lib/compress/chunk_source.h"
#include "lib/layer/blob.h"
#include "lib/layer/form.h"

// Whole layers. Errors are kDataLoss for bytes that are not what was promised,
// kInvalidArgument for entries that no layer may have (both name the layer and
// the entry), and the code of errno for what the kernel refused.

namespace cleat::layer {

struct Unpacked {
  // Empty when only a tar stream was unpacked.
  Summary summary;
  // The sum of the sizes of the files: layerdb's "size".
  int64_t content_size = 0;
  int64_t entries = 0;
  // Extended attributes that the file system did not keep.
  int skipped_xattrs = 0;
};

// Unpacks a layer into an empty directory (borrowed), in overlayfs form (see
// Unpacker), and verifies it in the same pass. After an error, which may come
// from the last byte, what was unpacked must be thrown away with the directory.
absl::StatusOr<Unpacked> Unpack(const BlobLocation& location,
                                const Expected& expected, int directory,
                                const Form& form = Form());

// The same for an uncompressed tar, unverified.
absl::StatusOr<Unpacked> UnpackTar(compress::ChunkSource* tar, int directory,
                                   const Form& form = Form());

// Reads a layer and tells what it is. Does not look into the tar.
absl::StatusOr<Summary> Hash(const BlobLocation& location,
                             const Expected& expected = Expected());
// From a descriptor to its end.
absl::StatusOr<Summary> HashDescriptor(int fd);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_UNPACK_H_
