#ifndef CLEAT_LIB_SYS_CHILD_H_
#define CLEAT_LIB_SYS_CHILD_H_

#include <errno.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sys/fd.h"

// How a child between clone and exec tells its parent what failed. The child
// allocates nothing and returns no Status: it writes one record of fixed size
// to a CLOEXEC pipe and exits, and the parent makes the Status. A successful
// exec closes the pipe, which the parent sees as its end.

namespace cleat::sys {

// The payload of a Status that stands for a program that could not be run;
// its value is the exit status that a wrapper returns, "126" or "127".
inline constexpr char kExitStatusPayload[] = "cleat/exit_status";

// The child's end. Usable where malloc is not.
class ChildReport {
 public:
  explicit ChildReport(int fd) : fd_(fd) {}

  int fd() const { return fd_; }

  // Reports that `step` on `operand` failed with `error`, and ends the child
  // with status 125. Both texts are cut where the record ends.
  [[noreturn]] void Fail(absl::string_view step, absl::string_view operand,
                         int error) const;

  // The same for what is wrong without an errno: "step operand: reason".
  [[noreturn]] void Refuse(absl::string_view step, absl::string_view operand,
                           absl::string_view reason) const;

  // Reports that `program` cannot be run and ends the child with 127 where it
  // does not exist (ENOENT), else 126. `reason` says it better than the errno
  // does, where it is not empty.
  [[noreturn]] void FailExec(absl::string_view program, int error,
                             absl::string_view reason = {}) const;

  // `result` of a system call, or Fail with errno when it is negative.
  template <typename Result>
  Result Check(Result result, absl::string_view step,
               absl::string_view operand = {}) const {
    if (result < 0) Fail(step, operand, errno);
    return result;
  }

  // All is set up; what is left is to exec.
  void Ready() const;

 private:
  int fd_;
};

struct ReportPipe {
  Fd parent;
  Fd child;
};

// Both ends are CLOEXEC.
absl::StatusOr<ReportPipe> MakeReportPipe();

enum class ChildStage { kReady, kExecuted };

// The parent waits for the child's next word: kReady, then kExecuted when the
// pipe ends (a child that died without a word is seen so, too; when that comes
// before kReady it was killed). The error that the child reported otherwise,
// with the code of its errno and, when exec was what failed, with
// kExitStatusPayload. The parent must have closed the child's end.
absl::StatusOr<ChildStage> AwaitChild(int fd);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_CHILD_H_
