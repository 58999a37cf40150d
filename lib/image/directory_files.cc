#include "lib/image/directory_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::image {

DirectoryFiles::DirectoryFiles(std::string name, std::string path, sys::Fd fd)
    : name_(std::move(name)), path_(std::move(path)), fd_(std::move(fd)) {}

absl::StatusOr<std::unique_ptr<FileSet>> DirectoryFiles::Open(
    const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(std::string absolute, AbsolutePath(path));
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, sys::Open(path, O_PATH | O_DIRECTORY));
  return std::unique_ptr<FileSet>(
      new DirectoryFiles(path, std::move(absolute), std::move(fd)));
}

std::string DirectoryFiles::Describe(const std::string& name) const {
  return absl::StrCat(name_, "/", name);
}

// O_NONBLOCK: to open a FIFO must not wait for its writer.
absl::StatusOr<sys::Fd> DirectoryFiles::OpenRegular(const std::string& name,
                                                    int64_t& size) const {
  absl::StatusOr<sys::Fd> fd =
      sys::OpenResolved(fd_.get(), name, O_RDONLY | O_NONBLOCK | O_NOCTTY,
                        RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
  if (!fd.ok()) {
    return absl::Status(fd.status().code(),
                        absl::StrCat(name_, ": ", fd.status().message()));
  }
  struct stat info;
  if (fstat(fd->get(), &info) != 0) {
    return sys::ErrnoError("stat ", Describe(name));
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("read ", Describe(name), ": is no regular file"));
  }
  size = info.st_size;
  return fd;
}

absl::StatusOr<Extent> DirectoryFiles::Locate(const std::string& name) const {
  Extent extent;
  extent.path = absl::StrCat(path_, "/", name);
  const absl::StatusOr<sys::Fd> fd = OpenRegular(name, extent.size);
  if (!fd.ok()) return fd.status();
  return extent;
}

absl::StatusOr<std::string> DirectoryFiles::Read(const std::string& name,
                                                 size_t limit) const {
  int64_t size = 0;
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, OpenRegular(name, size));
  return sys::ReadAll(fd.get(), limit, Describe(name));
}

}  // namespace cleat::image
