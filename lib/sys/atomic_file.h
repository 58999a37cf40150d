#ifndef CLEAT_LIB_SYS_ATOMIC_FILE_H_
#define CLEAT_LIB_SYS_ATOMIC_FILE_H_

#include <sys/stat.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

namespace cleat::sys {

// A file that is written bit by bit and appears at once and whole: what is
// there stays until Commit, and without it nothing remains. What is no regular
// file (/dev/null, a FIFO) is written as it is, as is what a descriptor's name
// (/dev/stdout) leads to.
class AtomicFile {
 public:
  // Of no file.
  AtomicFile() = default;
  static absl::StatusOr<AtomicFile> Create(const std::string& path,
                                           mode_t mode = 0644);
  AtomicFile(AtomicFile&& other) noexcept { *this = std::move(other); }
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  ~AtomicFile();

  // To write to; -1 of no file.
  int fd() const { return fd_.get(); }

  // Syncs and puts the file into its place.
  absl::Status Commit();

 private:
  std::string path_;
  // Empty: the file is written in place, or has been committed.
  std::string temporary_;
  Fd fd_;
};

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_ATOMIC_FILE_H_
