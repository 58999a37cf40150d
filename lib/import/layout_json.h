#ifndef CLEAT_LIB_IMPORT_LAYOUT_JSON_H_
#define CLEAT_LIB_IMPORT_LAYOUT_JSON_H_

#include <cstdint>
#include <string>
#include <vector>

// The JSON of an OCI layout that is written (OCI image spec: manifest.md,
// image-index.md, image-layout.md), and of Docker's manifest.json.

namespace cleat::import {

struct SavedBlob {
  // "sha256:…".
  std::string digest;
  int64_t size = 0;
};

struct SavedImage {
  // Its digest is the ImageID.
  SavedBlob config;
  std::string config_text;
  // Uncompressed: their digests are DiffIDs. Bottom first.
  std::vector<SavedBlob> layers;
  SavedBlob manifest;
  std::string manifest_text;
  // "busybox:1", in its familiar form.
  std::vector<std::string> names;
};

// Of config and layers.
std::string PrintManifest(const SavedImage& image);

// index.json. An image has an entry for each name, with the name as containerd
// and Docker annotate it, and its tag; the whole name stands for the tag where
// two images have the same one.
std::string PrintIndex(const std::vector<SavedImage>& images);

// Docker's manifest.json (moby: image/tarexport).
std::string PrintDockerManifest(const std::vector<SavedImage>& images);

}  // namespace cleat::import

#endif  // CLEAT_LIB_IMPORT_LAYOUT_JSON_H_
