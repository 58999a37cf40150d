#ifndef CLEAT_LIB_IMAGE_OCI_LAYOUT_H_
#define CLEAT_LIB_IMAGE_OCI_LAYOUT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "lib/image/file_set.h"
#include "lib/image/listed_image.h"
#include "proto/image.pb.h"

namespace cleat::image {

// Finds an image in an OCI image layout (OCI image spec, image-layout.md) and
// reads what a document says of it.
//
// `name` is a tag (the annotation org.opencontainers.image.ref.name; or the
// whole name that containerd and newer dockers annotate) or "@sha256:…" for a
// manifest's digest; empty takes the only image, or the one for `platform`
// where the layout's index is itself an index of platforms. Of an index the
// image for `platform`, by default this machine's, is taken; an image outside
// any index must be for `platform` only if one is asked for.
//
// kNotFound, listing the tags or the platforms that there are; kDataLoss for
// what does not have its digest or size; kInvalidArgument for what is no
// layout, manifest or config. `config`, unless nullptr, becomes the config's
// bytes.
absl::StatusOr<proto::ImageState> ReadOciLayout(
    const FileSet& files, absl::string_view name,
    const absl::optional<proto::Platform>& platform,
    std::string* config = nullptr);

// The images that the layout's index names, each once ("@sha256:…"), with the
// whole names that containerd, docker and podman have recorded. Artifacts
// beside images (signatures, say, which name them as their subject) are left
// out; without images they are listed, for their reader to say what they are.
absl::StatusOr<std::vector<ListedImage>> ListOciLayout(const FileSet& files);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_OCI_LAYOUT_H_
