#ifndef CLEAT_LIB_SYS_FILE_H_
#define CLEAT_LIB_SYS_FILE_H_

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sys/fd.h"

// Whole-file reading and writing, and the directory operations around it.
// A path is relative to `dir` (AT_FDCWD, or a directory's descriptor) where
// one is taken. Errors name the act and the path and have the code of errno.

namespace cleat::sys {

// Opens with O_CLOEXEC added to `flags`; `mode` as of open(2).
absl::StatusOr<Fd> Open(const std::string& path, int flags, mode_t mode = 0666);
absl::StatusOr<Fd> OpenAt(int dir, const std::string& path, int flags,
                          mode_t mode = 0666);

// Opens `path` below `root` with the RESOLVE_* flags of openat2(2):
// RESOLVE_IN_ROOT treats `root` as "/" for absolute links and "..",
// RESOLVE_BENEATH refuses what leads outside (kFailedPrecondition, EXDEV).
absl::StatusOr<Fd> OpenResolved(int root, const std::string& path, int flags,
                                uint64_t resolve, mode_t mode = 0);

// Reads to the end, at most `limit` bytes; kResourceExhausted beyond it.
absl::StatusOr<std::string> ReadAll(int fd, size_t limit,
                                    absl::string_view name);
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     size_t limit = size_t{64} << 20);
absl::StatusOr<std::string> ReadFileAt(int dir, const std::string& path,
                                       size_t limit = size_t{64} << 20);

// Writes all of `data`; `name` is for the error.
absl::Status WriteAll(int fd, absl::string_view data, absl::string_view name);

// Writes `data` with one write(2) to an existing file, as the files of procfs
// and cgroupfs want it. Never creates.
absl::Status WriteExisting(const std::string& path, absl::string_view data);
absl::Status WriteExistingAt(int dir, const std::string& path,
                             absl::string_view data);

enum class Sync { kYes, kNo };

// Replaces `path` with a file of content `data`: temporary file beside it,
// fsync when `sync`, rename. On an error the old file is untouched and no
// temporary file remains.
absl::Status WriteFileAtomic(const std::string& path, absl::string_view data,
                             mode_t mode = 0644, Sync sync = Sync::kYes);

// As `mkdir -p`; existing directories are no error.
absl::Status MakeDirectories(const std::string& path, mode_t mode = 0755);

// The entries of a directory but "." and "..", sorted by name.
absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& path);

// Whether something (a dangling link too) is at `path`.
bool Exists(const std::string& path);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_FILE_H_
