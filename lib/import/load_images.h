#ifndef CLEAT_LIB_IMPORT_LOAD_IMAGES_H_
#define CLEAT_LIB_IMPORT_LOAD_IMAGES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "proto/image.pb.h"

namespace cleat::import {

struct LoadSpec {
  // A file (plain, gzip or zstd), "-" for standard input, or a source with a
  // transport (lib/image/source.h), which is one image when it names one.
  std::string source;
  // For the only image, instead of its own names; empty for none.
  std::string tag;
  absl::optional<proto::Platform> platform;
};

struct LoadedImage {
  std::string id;
  // The names that it was given.
  std::vector<std::string> names;
};

// Puts images into the store, as `docker load` does: layers that are missing,
// each verified, then configs, then names, which other images may lose. What
// is compressed or comes through a pipe goes into a file in the store that has
// no name and so is gone at the end.
//
// kInvalidArgument for what is no archive of images, otherwise as
// image::ReadImage and layer::PutInStore. Of an image that fails nothing
// remains but layers, which are complete; those before it stay.
absl::StatusOr<std::vector<LoadedImage>> LoadImages(const LoadSpec& spec,
                                                    const std::string& store);

}  // namespace cleat::import

#endif  // CLEAT_LIB_IMPORT_LOAD_IMAGES_H_
