#include "lib/sys/child.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "lib/sys/child_record.h"
#include "lib/sys/errno.h"

namespace cleat::sys {
namespace {

using Kind = ReportKind;
using Record = ChildRecord;
static_assert(sizeof(Record) <= PIPE_BUF);

template <size_t kSize>
void Copy(absl::string_view text, char (&out)[kSize]) {
  const size_t count = std::min(text.size(), kSize - 1);
  memcpy(out, text.data(), count);
  out[count] = '\0';
}

void Send(int fd, const Record& record) {
  const ssize_t ignored =
      RetryOnEintr([&] { return write(fd, &record, sizeof(record)); });
  static_cast<void>(ignored);
}

constexpr int kNotRun = 125;

// Whatever the child has come to be: what it says has an end.
void EndTexts(Record& record) {
  record.step[sizeof(record.step) - 1] = '\0';
  record.operand[sizeof(record.operand) - 1] = '\0';
  record.reason[sizeof(record.reason) - 1] = '\0';
}

absl::Status MakeStatus(const Record& record) {
  const std::string act = absl::StrCat(
      record.step, record.operand[0] == '\0' ? "" : " ", record.operand);
  if (record.kind == Kind::kRefused) {
    return absl::FailedPreconditionError(
        absl::StrCat(act, ": ", record.reason));
  }
  absl::Status status = absl::ErrnoToStatus(record.error, act);
  if (record.reason[0] != '\0') {
    status =
        absl::Status(status.code(), absl::StrCat(act, ": ", record.reason));
  }
  if (record.kind == Kind::kExec) {
    status.SetPayload(kExitStatusPayload,
                      absl::Cord(absl::StrCat(StatusOfExec(record.error))));
  }
  return status;
}

}  // namespace

void ChildReport::Fail(absl::string_view step, absl::string_view operand,
                       int error) const {
  Record record = {};
  record.kind = Kind::kErrno;
  record.error = error;
  Copy(step, record.step);
  Copy(operand, record.operand);
  Send(fd_, record);
  _exit(kNotRun);
}

void ChildReport::Refuse(absl::string_view step, absl::string_view operand,
                         absl::string_view reason) const {
  Record record = {};
  record.kind = Kind::kRefused;
  Copy(step, record.step);
  Copy(operand, record.operand);
  Copy(reason, record.reason);
  Send(fd_, record);
  _exit(kNotRun);
}

void ChildReport::FailExec(absl::string_view program, int error,
                           absl::string_view reason) const {
  Record record = {};
  record.kind = Kind::kExec;
  record.error = error;
  Copy("run", record.step);
  Copy(program, record.operand);
  Copy(reason, record.reason);
  Send(fd_, record);
  _exit(StatusOfExec(error));
}

void ChildReport::Ready() const {
  Record record = {};
  record.kind = Kind::kReady;
  Send(fd_, record);
}

absl::StatusOr<ReportPipe> MakeReportPipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return ErrnoError("make pipe");
  return ReportPipe{Fd(ends[0]), Fd(ends[1])};
}

absl::StatusOr<ChildStage> AwaitChild(int fd) {
  Record record;
  const ssize_t count =
      RetryOnEintr([&] { return read(fd, &record, sizeof(record)); });
  if (count < 0) return ErrnoError("read the child's report");
  if (count == 0) return ChildStage::kExecuted;
  if (count != sizeof(record)) {
    return absl::InternalError("read the child's report: cut short");
  }
  if (record.kind == Kind::kReady) return ChildStage::kReady;
  EndTexts(record);
  return MakeStatus(record);
}

}  // namespace cleat::sys
