#ifndef CLEAT_LIB_IMAGE_MANIFEST_H_
#define CLEAT_LIB_IMAGE_MANIFEST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "proto/image.pb.h"

// Manifests and indexes (OCI image spec, manifest.md and image-index.md;
// Docker's image manifest version 2, schema 2).

namespace cleat::image {

// OCI image spec, descriptor.md.
struct Descriptor {
  // Empty in some hand-made indexes.
  std::string media_type;
  std::string digest;
  int64_t size = 0;
  absl::optional<proto::Platform> platform;
  // The annotations org.opencontainers.image.ref.name and
  // io.containerd.image.name; empty without.
  std::string ref_name;
  std::string image_name;
};

// A document that is either a manifest, with a config, or an index.
struct Manifest {
  bool is_index = false;
  Descriptor config;
  // Bottom first.
  std::vector<Descriptor> layers;
  // Of an index.
  std::vector<Descriptor> manifests;
};

// Parses `text`, which the descriptor says is `media_type` (empty: unknown);
// `name` stands for it in messages. kInvalidArgument for what is neither,
// saying what it is (Docker's schema 1, an artifact, a config) and what would
// be right; for layers that are no tar; and for a descriptor without digest or
// size.
absl::StatusOr<Manifest> ParseManifest(std::string text,
                                       absl::string_view media_type,
                                       absl::string_view name);

// Whether `text` is the manifest of something else than an image (OCI image
// spec 1.1, manifest.md, "Guidelines for Artifact Usage"): its config is of no
// image. An image with a `subject` is an image.
bool IsArtifact(std::string text);

// Whether a layer of this media type may be missing from the image and is to
// be had elsewhere (Docker's foreign, OCI's non-distributable layers).
bool IsForeignLayer(absl::string_view media_type);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_MANIFEST_H_
