#ifndef CLEAT_LIB_IMAGE_READ_IMAGE_H_
#define CLEAT_LIB_IMAGE_READ_IMAGE_H_

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/image/source.h"
#include "proto/image.pb.h"

namespace cleat::image {

// Reads an image from a layout or an archive: what a document says of it, with
// the places of its layers' bytes. Everything read is verified; layers are
// only located and measured. Not for Transport::kStore (lib/store).
//
// kNotFound for a missing file, name or platform; kDataLoss for what does not
// have its digest or size; kInvalidArgument for what is no image.
absl::StatusOr<proto::ImageState> ReadImage(
    const Source& source, const absl::optional<proto::Platform>& platform);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_READ_IMAGE_H_
