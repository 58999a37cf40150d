#ifndef CLEAT_LIB_IMAGE_SOURCE_H_
#define CLEAT_LIB_IMAGE_SOURCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Where an image is to be had, as people write it. The transports and their
// spelling are those of skopeo and podman (containers-transports(5)).

namespace cleat::image {

enum class Transport {
  // NAME[:TAG][@DIGEST], or an ImageID or a beginning of it: in the store.
  kStore,
  // oci:DIR[:TAG]: an OCI image layout.
  kOciLayout,
  // oci-archive:FILE[:TAG]: a tar archive of one.
  kOciArchive,
  // docker-archive:FILE[:NAME[:TAG]] or docker-archive:FILE:@INDEX: what
  // `docker save` writes.
  kDockerArchive,
};

struct Source {
  Transport transport = Transport::kStore;
  // Of the directory or archive.
  std::string path;
  // What follows the path, or the whole name of an image in the store; empty
  // for the only image that is there.
  std::string name;
};

// Splits at the first colon after the transport. kInvalidArgument where the
// path is missing, or the transport is one that Cleat does not read.
absl::StatusOr<Source> ParseSource(absl::string_view text);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_SOURCE_H_
