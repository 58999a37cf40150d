#ifndef CLEAT_LIB_LAYER_UNPACK_H_
#define CLEAT_LIB_LAYER_UNPACK_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/compress/chunk_source.h"
#include "lib/layer/blob.h"
#include "lib/layer/form.h"
#include "lib/tar/tap.h"

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
  // Whether the layer has entries that replaced others of its own.
  bool replaced = false;
};

struct UnpackOptions {
  UnpackOptions() = default;
  UnpackOptions(const Form& layer_form)  // NOLINT: forms stand for themselves
      : form(layer_form) {}

  Form form;
  // Where to write Docker's tar-split.json.gz of the layer in the same pass
  // (lib/tarsplit); empty: nowhere. When files of the layer replace each other,
  // the layer is read a second time, for a split that holds all data; one that
  // cannot be (a pipe) then has no file.
  std::string tar_split;
  // Called now and then with the sizes so far of the uncompressed bytes.
  std::function<void(int64_t plain_size)> progress;
};

// Unpacks a layer into a directory (borrowed) and verifies it in the same pass:
// into an empty one in overlayfs form, or upon the layers below it in the plain
// form (see Unpacker). After an error, which may come from the last byte, what
// was unpacked must be thrown away with the directory.
absl::StatusOr<Unpacked> Unpack(const BlobLocation& location,
                                const Expected& expected, int directory,
                                const UnpackOptions& options = Form());

// The same for an uncompressed tar, unverified; `tap` sees it all.
absl::StatusOr<Unpacked> UnpackTar(compress::ChunkSource* tar, int directory,
                                   const Form& form = Form(),
                                   tar::Tap* tap = nullptr);

// Reads a layer and tells what it is. Does not look into the tar.
absl::StatusOr<Summary> Hash(const BlobLocation& location,
                             const Expected& expected = Expected());
// From a descriptor to its end.
absl::StatusOr<Summary> HashDescriptor(int fd);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_UNPACK_H_
