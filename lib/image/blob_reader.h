#ifndef CLEAT_LIB_IMAGE_BLOB_READER_H_
#define CLEAT_LIB_IMAGE_BLOB_READER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/image/config.h"
#include "lib/image/file_set.h"
#include "lib/image/manifest.h"
#include "proto/image.pb.h"

// The blobs of an OCI layout (OCI image spec, image-layout.md): files named by
// their digests, below blobs/sha256/.

namespace cleat::image {

// "blobs/sha256/…".
std::string BlobName(absl::string_view digest);

// Reads a small blob and checks size and digest before anything in it is
// believed. `what` ("manifest", "config") begins messages. kNotFound,
// kDataLoss.
absl::StatusOr<std::string> ReadBlob(const FileSet& files,
                                     const Descriptor& descriptor,
                                     absl::string_view what);

// Reads and parses a manifest or index.
absl::StatusOr<Manifest> ReadManifest(const FileSet& files,
                                      const Descriptor& descriptor);

// The document's image of a manifest: reads its config, finds its layers'
// bytes and compares their sizes and number. Layers' digests are checked by
// who reads them. kNotFound for a layer that is not there. `config`, unless
// nullptr, becomes the config's bytes.
absl::StatusOr<proto::ImageState> ReadImageState(const FileSet& files,
                                                 const Descriptor& descriptor,
                                                 const Manifest& manifest,
                                                 std::string* config = nullptr);

// What every source states of an image: id, platform and settings.
proto::ImageState StateOfConfig(absl::string_view image_id, Config& config);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_BLOB_READER_H_
