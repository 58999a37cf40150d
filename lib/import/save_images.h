#ifndef CLEAT_LIB_IMPORT_SAVE_IMAGES_H_
#define CLEAT_LIB_IMPORT_SAVE_IMAGES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compress/compress.h"

namespace cleat::import {

enum class SaveFormat {
  // An OCI layout with Docker's manifest.json, in a tar archive: what Docker
  // writes since 25, and every version loads.
  kDockerArchive,
  // An OCI layout in a tar archive.
  kOciArchive,
  // An OCI layout in a directory.
  kOci,
};

// "docker-archive", "oci-archive", "oci"; kInvalidArgument.
absl::StatusOr<SaveFormat> ParseSaveFormat(absl::string_view text);

struct SaveOptions {
  SaveFormat format = SaveFormat::kDockerArchive;
  // Of the layers; a docker-archive's are plain.
  compress::Compression compression = {};
  // A file, replaced at once and whole, or a directory: a new one, or a layout
  // that is there, to which the images are added (PrintIndex). Empty: standard
  // output.
  std::string output;
};

// Writes images of the store, each layer once, with the bytes that it came
// with before it was compressed. An image that is given by a name has that name
// there, one given by its id none.
//
// kNotFound for an image, kFailedPrecondition for a layer whose archive is not
// known and for a directory that is no layout, kDataLoss for a damaged store.
// On an error there is no output, but on standard output what had been written,
// and in a layout that was there blobs that nothing names.
absl::Status SaveImages(const std::string& store,
                        const std::vector<std::string>& names,
                        const SaveOptions& options);

}  // namespace cleat::import

#endif  // CLEAT_LIB_IMPORT_SAVE_IMAGES_H_
