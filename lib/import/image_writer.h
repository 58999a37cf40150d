#ifndef CLEAT_LIB_IMPORT_IMAGE_WRITER_H_
#define CLEAT_LIB_IMPORT_IMAGE_WRITER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace cleat::import {

// Takes bytes as they are made.
using ByteSink = std::function<absl::Status(absl::string_view)>;

// Where a layout's files go: a directory, or an archive.
class ImageWriter {
 public:
  virtual ~ImageWriter() = default;

  // Adds a directory, whose parents have been added.
  virtual absl::Status AddDirectory(const std::string& name) = 0;
  // Adds a file of `size` bytes, which `fill` gives to the sink.
  virtual absl::Status AddFile(
      const std::string& name, int64_t size,
      absl::FunctionRef<absl::Status(const ByteSink&)> fill) = 0;
  // The end.
  virtual absl::Status Finish() = 0;
};

// A tar archive of files of root from 1970: the same files, the same bytes.
std::unique_ptr<ImageWriter> MakeArchiveWriter(ByteSink sink);

// In a directory, which exists. What is left on an error is the caller's to
// remove.
std::unique_ptr<ImageWriter> MakeDirectoryWriter(std::string directory);

}  // namespace cleat::import

#endif  // CLEAT_LIB_IMPORT_IMAGE_WRITER_H_
