#include "lib/ns/time.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/kinds.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

constexpr char kFile[] = "/proc/self/timens_offsets";

const char* Cure(const absl::Status& status) {
  if (absl::IsPermissionDenied(status)) return " (CAP_SYS_TIME is needed)";
  if (absl::IsOutOfRange(status)) {
    return " (the clock must stay above zero and below 146 years)";
  }
  return "";
}

}  // namespace

absl::Status SetTimeOffsets(const TimeOffsets& offsets) {
  std::string text;
  if (offsets.monotonic) {
    absl::StrAppend(&text, "monotonic ", *offsets.monotonic, " 0\n");
  }
  if (offsets.boottime) {
    absl::StrAppend(&text, "boottime ", *offsets.boottime, " 0\n");
  }
  if (text.empty()) return absl::OkStatus();
  trace::Span span("write", kFile);
  const absl::Status status = sys::WriteExisting(kFile, text);
  if (status.ok()) return status;
  span.Fail(errno);
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), Cure(status)));
}

absl::Status EnterTimeForChildren() {
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd fd, sys::Open("/proc/self/ns/time_for_children", O_RDONLY));
  if (setns(fd.get(), CLONE_NEWTIME) == 0) return absl::OkStatus();
  return sys::ErrnoError("enter the new time namespace");
}

}  // namespace cleat::ns
