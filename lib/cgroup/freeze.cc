#include "lib/cgroup/freeze.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

// v1 tells nobody when it is done.
constexpr absl::Duration kLookEvery = absl::Milliseconds(1);

std::string UnifiedFile(const std::string& group) {
  return absl::StrCat(group, "/cgroup.freeze");
}

std::string FreezerFile(const std::string& group) {
  return absl::StrCat(group, "/freezer.state");
}

bool IsUnified(const std::string& group) {
  return sys::Exists(UnifiedFile(group));
}

absl::Status TooSlow(const std::string& group, bool frozen) {
  return absl::DeadlineExceededError(
      frozen ? absl::StrCat("freeze cgroup ", group,
                            ": a process in it does not stop")
             : absl::StrCat("thaw cgroup ", group,
                            ": it is still frozen; a group above it, too?"));
}

// The events of a v2 group as they are now; poll(2) tells when they change
// after they were read.
absl::StatusOr<std::string> ReadEvents(const sys::Fd& events) {
  char text[256];
  const ssize_t count = sys::RetryOnEintr(
      [&] { return pread(events.get(), text, sizeof(text), 0); });
  if (count < 0) return sys::ErrnoError("read cgroup.events");
  return std::string(text, static_cast<size_t>(count));
}

absl::Status SetUnified(const std::string& group, bool frozen,
                        absl::Time deadline) {
  CLEAT_RETURN_IF_ERROR(
      sys::WriteExisting(UnifiedFile(group), frozen ? "1" : "0"));
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd events,
      sys::Open(absl::StrCat(group, "/cgroup.events"), O_RDONLY));
  const absl::string_view wanted = frozen ? "frozen 1\n" : "frozen 0\n";
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const std::string text, ReadEvents(events));
    if (absl::StrContains(text, wanted)) return absl::OkStatus();
    const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
    if (left <= 0) return TooSlow(group, frozen);
    struct pollfd entry = {events.get(), POLLPRI, 0};
    poll(&entry, 1, static_cast<int>(left));
  }
}

// Reading is what moves it from FREEZING to FROZEN; a process that was forked
// meanwhile is caught by asking again.
absl::Status SetFreezer(const std::string& group, bool frozen,
                        absl::Time deadline) {
  const std::string path = FreezerFile(group);
  const absl::string_view wanted = frozen ? "FROZEN" : "THAWED";
  while (true) {
    CLEAT_RETURN_IF_ERROR(sys::WriteExisting(path, wanted));
    CLEAT_ASSIGN_OR_RETURN(const std::string state, sys::ReadFile(path));
    if (state == absl::StrCat(wanted, "\n")) return absl::OkStatus();
    if (absl::Now() >= deadline) return TooSlow(group, frozen);
    absl::SleepFor(kLookEvery);
  }
}

absl::Status Set(const std::string& group, bool frozen,
                 absl::Duration timeout) {
  trace::Span span(frozen ? "freeze cgroup" : "thaw cgroup", group);
  const absl::Time deadline = absl::Now() + timeout;
  absl::Status status = IsUnified(group) ? SetUnified(group, frozen, deadline)
                                         : SetFreezer(group, frozen, deadline);
  if (!status.ok()) span.Fail(EIO);
  return status;
}

bool IsFreezable(const std::string& group) {
  return IsUnified(group) || sys::Exists(FreezerFile(group));
}

}  // namespace

std::vector<std::string> FreezableGroups(
    const std::vector<std::string>& directories) {
  std::vector<std::string> groups;
  for (auto it = directories.rbegin(); it != directories.rend(); ++it) {
    if (IsFreezable(*it)) groups.push_back(*it);
  }
  return groups;
}

absl::StatusOr<std::string> FreezableGroup(const proto::CgroupState& state) {
  const auto& directories = state.directories();
  for (auto it = directories.rbegin(); it != directories.rend(); ++it) {
    if (IsFreezable(it->path())) return it->path();
  }
  return absl::FailedPreconditionError(
      directories.empty()
          ? "it has no cgroup to freeze (cgset before rootfs-run makes one)"
          : "no cgroup of it can be frozen (cgset before rootfs-run makes one, "
            "with the freezer of v1 or the one that v2 has since Linux 5.2)");
}

absl::Status Freeze(const std::string& group, absl::Duration timeout) {
  absl::Status status = Set(group, true, timeout);
  if (absl::IsDeadlineExceeded(status)) {
    Set(group, false, kFreezePatience).IgnoreError();
  }
  return status;
}

absl::StatusOr<bool> BeginFreeze(const std::string& group,
                                 absl::Duration timeout) {
  const absl::Status status = Set(group, true, timeout);
  if (!status.ok() && !absl::IsDeadlineExceeded(status)) return status;
  return status.ok();
}

absl::Status Thaw(const std::string& group, absl::Duration timeout) {
  return Set(group, false, timeout);
}

absl::StatusOr<bool> IsFrozen(const std::string& group) {
  if (IsUnified(group)) {
    CLEAT_ASSIGN_OR_RETURN(const std::string text,
                           sys::ReadFile(UnifiedFile(group)));
    return text == "1\n";
  }
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      sys::ReadFile(absl::StrCat(group, "/freezer.self_freezing")));
  return text == "1\n";
}

}  // namespace cleat::cgroup
