#ifndef CLEAT_LIB_IMPORT_IMPORT_IMAGE_H_
#define CLEAT_LIB_IMPORT_IMPORT_IMAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/image.pb.h"

namespace cleat::import {

struct ImportSpec {
  // A tar archive, plain or compressed, "-" for standard input, or a
  // directory.
  std::string source;
  // "NAME[:TAG]", or empty.
  std::string name;
  proto::Platform platform;
  proto::ImageChanges changes;
  absl::Time created;
};

// Makes an image of one layer of a root file system, as `docker import` does,
// and returns its ImageID. An archive's own bytes are the layer; a directory
// is packed, reproducibly, with no time later than `created`, into a file in
// the store that is gone at the end. The same source and spec give the same
// ImageID.
//
// kInvalidArgument for a malformed name, variable or label, before anything
// is read; otherwise as layer::Unpack. On an error nothing remains but, when
// only the naming failed, the image without its name.
absl::StatusOr<std::string> ImportImage(const ImportSpec& spec,
                                        const std::string& store);

}  // namespace cleat::import

#endif  // CLEAT_LIB_IMPORT_IMPORT_IMAGE_H_
