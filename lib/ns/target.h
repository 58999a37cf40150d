#ifndef CLEAT_LIB_NS_TARGET_H_
#define CLEAT_LIB_NS_TARGET_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sys/fd.h"

namespace cleat::ns {

// A process whose namespaces and surroundings are taken over. It is held by a
// pidfd from the first look on: its number may go to another process at any
// time, so what was read below /proc/PID counts only once Check says that the
// process was still there.
//
//   CLEAT_ASSIGN_OR_RETURN(Target target, Target::OfPid(4711));
//   CLEAT_ASSIGN_OR_RETURN(sys::Fd root, target.Open("root", O_PATH));
//   CLEAT_RETURN_IF_ERROR(target.Check());
class Target {
 public:
  // kNotFound when there is no such process.
  static absl::StatusOr<Target> OfPid(pid_t pid);

  // The process of an open pidfd, whose number stays the caller's.
  // kInvalidArgument when it is none, kNotFound when the process has ended.
  static absl::StatusOr<Target> OfPidfd(int pidfd);

  // As nsenter(1) has it: "PID", or "PID:INODE" with the inode number of the
  // process's pidfd (Linux 6.9), which no other process has until the next
  // boot. kNotFound when the process of that number is another one.
  static absl::StatusOr<Target> Parse(absl::string_view text);

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }

  // "/proc/PID/FILE".
  std::string Path(absl::string_view file) const;
  absl::StatusOr<sys::Fd> Open(absl::string_view file, int flags) const;
  absl::StatusOr<std::string> Read(absl::string_view file) const;

  // kNotFound when the process has ended meanwhile and its number may be
  // another's. A zombie still has it.
  absl::Status Check() const;

 private:
  Target(pid_t pid, sys::Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid_;
  sys::Fd pidfd_;
};

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_TARGET_H_
