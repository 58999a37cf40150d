#ifndef CLEAT_LIB_IMAGE_FILE_SET_H_
#define CLEAT_LIB_IMAGE_FILE_SET_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/json.h"

// The files that an image is made of, in a directory or in a tar archive: the
// readers of layouts and of docker-save archives work on either.

namespace cleat::image {

// Where a file's bytes lie on the machine.
struct Extent {
  // Absolute.
  std::string path;
  int64_t offset = 0;
  int64_t size = 0;
};

class FileSet {
 public:
  virtual ~FileSet() = default;

  // What messages call it: the path as it was given.
  virtual const std::string& name() const = 0;

  // The regular file `name` ("blobs/sha256/…"). kNotFound when there is none.
  virtual absl::StatusOr<Extent> Locate(const std::string& name) const = 0;

  // Its bytes. kResourceExhausted above `limit`.
  virtual absl::StatusOr<std::string> Read(const std::string& name,
                                           size_t limit) const = 0;
};

// `path`, made absolute by the working directory.
absl::StatusOr<std::string> AbsolutePath(absl::string_view path);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_FILE_SET_H_
