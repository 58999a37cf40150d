#ifndef CLEAT_LIB_IMAGE_DIRECTORY_FILES_H_
#define CLEAT_LIB_IMAGE_DIRECTORY_FILES_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "lib/image/file_set.h"
#include "lib/sys/fd.h"

namespace cleat::image {

// The files below a directory. Links are followed as long as they stay below
// it (openat2(2), RESOLVE_BENEATH); what is no regular file is refused without
// being opened for reading.
class DirectoryFiles : public FileSet {
 public:
  static absl::StatusOr<std::unique_ptr<FileSet>> Open(const std::string& path);

  const std::string& name() const override { return name_; }
  absl::StatusOr<Extent> Locate(const std::string& name) const override;
  absl::StatusOr<std::string> Read(const std::string& name,
                                   size_t limit) const override;

 private:
  DirectoryFiles(std::string name, std::string path, sys::Fd fd);

  absl::StatusOr<sys::Fd> OpenRegular(const std::string& name,
                                      int64_t& size) const;
  std::string Describe(const std::string& name) const;

  std::string name_;
  // Absolute.
  std::string path_;
  sys::Fd fd_;
};

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_DIRECTORY_FILES_H_
