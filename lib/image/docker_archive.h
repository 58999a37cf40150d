#ifndef CLEAT_LIB_IMAGE_DOCKER_ARCHIVE_H_
#define CLEAT_LIB_IMAGE_DOCKER_ARCHIVE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "lib/image/file_set.h"
#include "lib/image/listed_image.h"
#include "proto/image.pb.h"

namespace cleat::image {

// Finds an image in what `docker save` writes (moby: image/tarexport), which
// is described by its manifest.json:
//
//   [{"Config": FILE, "RepoTags": ["NAME:TAG", …], "Layers": [FILE, …]}, …]
//
// Up to Docker 24 the files are HEX.json and DIR/layer.tar; since 25, when the
// archive is an OCI layout too, blobs/sha256/HEX. A file that is named by a
// digest must have it: the config's is checked here, a layer's is recorded for
// who reads it.
//
// `name` is one of the tags, in any of its spellings, or "@N", the position in
// manifest.json; empty for the only image. Errors as those of ReadOciLayout.
// `config`, unless nullptr, becomes the config's bytes.
absl::StatusOr<proto::ImageState> ReadDockerArchive(
    const FileSet& files, absl::string_view name,
    const absl::optional<proto::Platform>& platform,
    std::string* config = nullptr);

// The images in it ("@0", "@1", …) with their tags.
absl::StatusOr<std::vector<ListedImage>> ListDockerArchive(
    const FileSet& files);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_DOCKER_ARCHIVE_H_
