#ifndef CLEAT_LIB_STORE_FILE_LOCK_H_
#define CLEAT_LIB_STORE_FILE_LOCK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

// Advisory locks (flock(2)) on files and directories. The kernel releases them
// when their holder is gone, whatever it died of, so a lock also tells whether
// its holder lives.

namespace cleat::store {

enum class LockMode { kShared, kExclusive };

// Opens the existing file or directory and waits for its lock, which lasts as
// long as the descriptor.
absl::StatusOr<sys::Fd> LockFile(const std::string& path, LockMode mode);

// The same without waiting: kUnavailable when somebody holds the lock.
absl::StatusOr<sys::Fd> TryLockFile(const std::string& path, LockMode mode);

// A lock by name: the file `path` exists as long as somebody holds or wants
// the lock. Move-only; releases on destruction.
class NamedLock {
 public:
  // Makes the file and waits for its exclusive lock.
  static absl::StatusOr<NamedLock> Acquire(std::string path);
  NamedLock(NamedLock&&) = default;
  NamedLock& operator=(NamedLock&&) = delete;
  ~NamedLock();

 private:
  NamedLock(std::string path, sys::Fd fd);

  std::string path_;
  sys::Fd fd_;
};

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_FILE_LOCK_H_
