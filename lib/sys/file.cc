#include "lib/sys/file.h"

#include <linux/openat2.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/dir.h"
#include "lib/sys/errno.h"

namespace cleat::sys {
namespace {

// A name that no other process, thread or pid namespace takes at the same time.
std::string TemporaryName(const std::string& path) {
  uint64_t random = 0;
  if (getrandom(&random, sizeof(random), 0) < 0) random = 0;
  return absl::StrCat(path, ".", absl::Hex(random), ".tmp");
}

absl::Status WriteTemporary(const std::string& path, absl::string_view data,
                            mode_t mode, Sync sync) {
  CLEAT_ASSIGN_OR_RETURN(
      Fd fd, Open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
  CLEAT_RETURN_IF_ERROR(WriteAll(fd.get(), data, path));
  if (sync == Sync::kYes && fsync(fd.get()) != 0) {
    return ErrnoError("fsync ", path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Fd> Open(const std::string& path, int flags, mode_t mode) {
  return OpenAt(AT_FDCWD, path, flags, mode);
}

absl::StatusOr<Fd> OpenAt(int dir, const std::string& path, int flags,
                          mode_t mode) {
  const int fd = RetryOnEintr(
      [&] { return openat(dir, path.c_str(), flags | O_CLOEXEC, mode); });
  if (fd < 0) return ErrnoError("open ", path);
  return Fd(fd);
}

absl::StatusOr<Fd> OpenResolved(int root, const std::string& path, int flags,
                                uint64_t resolve, mode_t mode) {
  struct open_how how = {};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.mode = mode;
  how.resolve = resolve;
  int fd;
  do {
    fd = static_cast<int>(
        syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how)));
  } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  if (fd < 0) return ErrnoError("open ", path);
  return Fd(fd);
}

absl::StatusOr<std::string> ReadAll(int fd, size_t limit,
                                    absl::string_view name) {
  std::string data;
  // Not in the string itself, which is mostly short and stays so.
  char chunk[size_t{4} << 10];
  while (true) {
    const ssize_t count =
        RetryOnEintr([&] { return read(fd, chunk, sizeof(chunk)); });
    if (count < 0) return ErrnoError("read ", name);
    if (count == 0) return data;
    data.append(chunk, static_cast<size_t>(count));
    if (data.size() > limit) {
      return absl::ResourceExhaustedError(
          absl::StrCat("read ", name, ": larger than ", limit, " bytes"));
    }
  }
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit) {
  return ReadFileAt(AT_FDCWD, path, limit);
}

absl::StatusOr<std::string> ReadFileAt(int dir, const std::string& path,
                                       size_t limit) {
  CLEAT_ASSIGN_OR_RETURN(Fd fd, OpenAt(dir, path, O_RDONLY));
  return ReadAll(fd.get(), limit, path);
}

absl::Status WriteAll(int fd, absl::string_view data, absl::string_view name) {
  while (!data.empty()) {
    const ssize_t count =
        RetryOnEintr([&] { return write(fd, data.data(), data.size()); });
    if (count < 0) return ErrnoError("write ", name);
    data.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status WriteExisting(const std::string& path, absl::string_view data) {
  return WriteExistingAt(AT_FDCWD, path, data);
}

absl::Status WriteExistingAt(int dir, const std::string& path,
                             absl::string_view data) {
  CLEAT_ASSIGN_OR_RETURN(Fd fd, OpenAt(dir, path, O_WRONLY));
  const ssize_t count =
      RetryOnEintr([&] { return write(fd.get(), data.data(), data.size()); });
  if (count < 0) return ErrnoError("write '", data, "' to ", path);
  return absl::OkStatus();
}

absl::Status WriteFileAtomic(const std::string& path, absl::string_view data,
                             mode_t mode, Sync sync) {
  const std::string temporary = TemporaryName(path);
  auto remove = absl::MakeCleanup([&] { unlink(temporary.c_str()); });
  CLEAT_RETURN_IF_ERROR(WriteTemporary(temporary, data, mode, sync));
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    return ErrnoError("rename ", temporary, " to ", path);
  }
  std::move(remove).Cancel();
  return absl::OkStatus();
}

absl::Status MakeDirectories(const std::string& path, mode_t mode) {
  if (mkdir(path.c_str(), mode) == 0) return absl::OkStatus();
  if (errno == ENOENT) {
    const size_t slash = path.find_last_of('/');
    if (slash == std::string::npos || slash == 0) {
      return ErrnoError("make directory ", path);
    }
    CLEAT_RETURN_IF_ERROR(MakeDirectories(path.substr(0, slash), mode));
    if (mkdir(path.c_str(), mode) == 0) return absl::OkStatus();
  }
  struct stat info;
  if (errno == EEXIST && stat(path.c_str(), &info) == 0 &&
      S_ISDIR(info.st_mode)) {
    return absl::OkStatus();
  }
  return ErrnoError("make directory ", path);
}

absl::StatusOr<std::vector<std::string>> ListDirectory(
    const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(Fd fd, Open(path, O_RDONLY | O_DIRECTORY));
  CLEAT_ASSIGN_OR_RETURN(Dir dir, ReadDirectory(std::move(fd), path));
  std::vector<std::string> names;
  while (const dirent* entry = readdir(dir.get())) {
    if (!IsDotOrDotDot(entry->d_name)) names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool Exists(const std::string& path) {
  struct stat info;
  return lstat(path.c_str(), &info) == 0;
}

}  // namespace cleat::sys
