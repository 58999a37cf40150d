#include "lib/import/spool.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/compress/decompress.h"
#include "lib/compress/fd_source.h"
#include "lib/compress/format.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::import {
namespace {

constexpr size_t kBuffer = 1 << 17;

std::string PathOf(int fd) { return absl::StrCat("/proc/self/fd/", fd); }

// Whether a regular file that stands at its begin is not compressed.
absl::StatusOr<bool> IsPlainFile(int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return false;
  if (lseek(fd, 0, SEEK_CUR) != 0) return false;
  char magic[compress::kMagicSize];
  const ssize_t size = pread(fd, magic, sizeof(magic), 0);
  if (size < 0) return sys::ErrnoError("read");
  CLEAT_ASSIGN_OR_RETURN(
      const compress::Format format,
      compress::DetectFormat({magic, static_cast<size_t>(size)}));
  return format == compress::Format::kPlain;
}

absl::StatusOr<sys::Fd> Copy(int from, const std::string& directory) {
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(directory, 0711));
  CLEAT_ASSIGN_OR_RETURN(sys::Fd to,
                         sys::Open(directory, O_TMPFILE | O_RDWR, 0600));
  compress::StreamSource source(from);
  compress::Decompressor plain(&source);
  const auto buffer = std::make_unique<char[]>(kBuffer);
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const size_t size,
                           plain.Read(buffer.get(), kBuffer));
    if (size == 0) return to;
    CLEAT_RETURN_IF_ERROR(
        sys::WriteAll(to.get(), {buffer.get(), size}, "the archive's copy"));
  }
}

}  // namespace

absl::StatusOr<Spool> OpenSpool(const std::string& path,
                                const std::string& directory) {
  sys::Fd opened;
  if (path != "-") {
    CLEAT_ASSIGN_OR_RETURN(opened, sys::Open(path, O_RDONLY));
  }
  const int from = path == "-" ? STDIN_FILENO : opened.get();
  const std::string name = path == "-" ? PathOf(from) : path;
  CLEAT_ASSIGN_OR_RETURN(const bool plain, IsPlainFile(from));
  if (plain) return Spool{name};
  absl::StatusOr<sys::Fd> copy = Copy(from, directory);
  if (!copy.ok()) {
    return absl::Status(
        copy.status().code(),
        absl::StrCat("read archive ", path, ": ", copy.status().message()));
  }
  return Spool{PathOf(copy->get()), *std::move(copy)};
}

}  // namespace cleat::import
