#ifndef CLEAT_LIB_IMAGE_READ_IMAGE_H_
#define CLEAT_LIB_IMAGE_READ_IMAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/image/listed_image.h"
#include "lib/image/source.h"
#include "proto/image.pb.h"

namespace cleat::image {

// Reads an image from a layout or an archive: what a document says of it, with
// the places of its layers' bytes. Everything read is verified; layers are
// only located and measured. Not for Transport::kStore (lib/store).
//
// kNotFound for a missing file, name or platform; kDataLoss for what does not
// have its digest or size; kInvalidArgument for what is no image.
// `config`, unless nullptr, becomes the config's bytes.
absl::StatusOr<proto::ImageState> ReadImage(
    const Source& source, const absl::optional<proto::Platform>& platform,
    std::string* config = nullptr);

// All images of a layout or an archive.
absl::StatusOr<std::vector<ListedImage>> ListImages(const Source& source);

// What kind of archive a file is: kOciArchive or kDockerArchive, which counts
// for one that is both. kInvalidArgument for neither.
absl::StatusOr<Transport> DetectArchive(const std::string& path);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_READ_IMAGE_H_
