#ifndef CLEAT_LIB_IMPORT_IMAGE_WRITER_H_
#define CLEAT_LIB_IMPORT_IMAGE_WRITER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::import {

// Takes bytes as they are made.
using ByteSink = std::function<absl::Status(absl::string_view)>;

struct SavedBlob {
  // "sha256:…".
  std::string digest;
  int64_t size = 0;
};

// Where a layout's files go: a directory, or an archive.
class ImageWriter {
 public:
  // Gives a file's bytes to the sink.
  using Fill = absl::FunctionRef<absl::Status(const ByteSink&)>;

  virtual ~ImageWriter() = default;

  // Adds a directory, whose parents have been added.
  virtual absl::Status AddDirectory(const std::string& name) = 0;
  virtual absl::Status AddFile(const std::string& name, int64_t size,
                               Fill fill) = 0;
  // Adds a file below blobs/ whose digest and size are known. `fill` is not
  // called where it is there already.
  virtual absl::Status AddBlob(const SavedBlob& blob, Fill fill) = 0;
  // The same where they come to light.
  virtual absl::StatusOr<SavedBlob> AddBlob(Fill fill) = 0;
  // The end.
  virtual absl::Status Finish() = 0;
};

// A tar archive of files of root from 1970: the same files, the same bytes.
// What must be known before it is written lies meanwhile in a file without a
// name in `directory`.
std::unique_ptr<ImageWriter> MakeArchiveWriter(ByteSink sink,
                                               std::string directory);

// In a directory, which exists. Each file appears at once and whole, and those
// that are there are replaced, but for blobs. What is left on an error is the
// caller's to remove.
std::unique_ptr<ImageWriter> MakeDirectoryWriter(std::string directory);

}  // namespace cleat::import

#endif  // CLEAT_LIB_IMPORT_IMAGE_WRITER_H_
