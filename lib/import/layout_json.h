#ifndef CLEAT_LIB_IMPORT_LAYOUT_JSON_H_
#define CLEAT_LIB_IMPORT_LAYOUT_JSON_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compress/format.h"
#include "lib/import/image_writer.h"

// The JSON of an OCI layout that is written (OCI image spec: manifest.md,
// image-index.md, image-layout.md), and of Docker's manifest.json.

namespace cleat::import {

struct SavedImage {
  // Its digest is the ImageID.
  SavedBlob config;
  std::string config_text;
  // Bottom first. Uncompressed their digests are DiffIDs.
  std::vector<SavedBlob> layers;
  SavedBlob manifest;
  std::string manifest_text;
  // "busybox:1", in its familiar form.
  std::vector<std::string> names;
};

// Of config and layers, which are compressed so.
std::string PrintManifest(const SavedImage& image, compress::Format format);

// index.json, with what `present`, the one that is there (empty: none), has
// beside, as it is. An image has an entry for each name, with the name as
// containerd and Docker annotate it, and its tag; the whole name stands for
// the tag where two images have the same one. An entry that is there gives way
// to one of the same name, or of the same tag where it has no whole name, and
// to the same image without either. kInvalidArgument for what is no index.
absl::StatusOr<std::string> PrintIndex(const std::vector<SavedImage>& images,
                                       const std::string& present);

// Docker's manifest.json (moby: image/tarexport).
std::string PrintDockerManifest(const std::vector<SavedImage>& images);

}  // namespace cleat::import

#endif  // CLEAT_LIB_IMPORT_LAYOUT_JSON_H_
