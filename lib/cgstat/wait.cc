#include "lib/cgstat/wait.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/processes.h"
#include "lib/procfs/cgroup_stat.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"

namespace cleat::cgstat {
namespace {

// Where nobody tells: how often a v1 group is looked at, and how often it is
// made sure that the group is still there.
constexpr int kLookEveryMs = 50;
constexpr int kStillThereEveryMs = 500;

struct EventName {
  absl::string_view name;
  Event event;
};
constexpr EventName kEvents[] = {
    {"oom", Event::kOom},
    {"empty", Event::kEmpty},
    {"memory-high", Event::kMemoryHigh},
    {"pressure", Event::kPressure},
};

absl::string_view NameOf(Event event) {
  for (const EventName& known : kEvents) {
    if (known.event == event) return known.name;
  }
  return "";
}

absl::Status Gone(const Group& group) {
  return absl::NotFoundError(
      absl::StrCat("cgroup ", group.path, " has been removed"));
}

absl::Status CannotTell(const Group& group, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("cgroup ", group.path, ": ", why));
}

// The group's directory in the unified hierarchy, or in v1's with memory; ""
// for none.
std::string UnifiedDirectory(const Group& group) {
  for (const GroupDirectory& directory : group.directories) {
    if (directory.hierarchy->unified) return directory.path;
  }
  return "";
}

std::string V1Memory(const Group& group) {
  for (const GroupDirectory& directory : group.directories) {
    const cgroup::Hierarchy& hierarchy = *directory.hierarchy;
    if (!hierarchy.unified && hierarchy.Has("memory")) return directory.path;
  }
  return "";
}

// What is polled, and what says whether the event is there: called first of
// all, and after each poll with its revents.
struct Watch {
  sys::Fd fd;
  short events = 0;
  int look_every_ms = kStillThereEveryMs;
  std::function<absl::StatusOr<bool>(short revents)> happened;
};

// v2: a count in an events file that grows.
absl::StatusOr<int64_t> ReadCount(int fd, const Group& group,
                                  absl::string_view key) {
  char text[4096];
  const ssize_t length =
      sys::RetryOnEintr([&] { return pread(fd, text, sizeof(text), 0); });
  if (length < 0 && errno == ENODEV) return Gone(group);
  if (length < 0) return sys::ErrnoError("read events of cgroup ", group.path);
  int64_t count = 0;
  procfs::ForEachFlatStat(absl::string_view(text, static_cast<size_t>(length)),
                          [&](absl::string_view name, absl::string_view value) {
                            if (name == key)
                              count =
                                  procfs::ParseStatNumber(value).value_or(0);
                          });
  return count;
}

absl::StatusOr<Watch> WatchCount(const Group& group, const std::string& path,
                                 std::string key) {
  Watch watch;
  CLEAT_ASSIGN_OR_RETURN(watch.fd, sys::Open(path, O_RDONLY));
  watch.events = POLLPRI;
  const int fd = watch.fd.get();
  CLEAT_ASSIGN_OR_RETURN(const int64_t before, ReadCount(fd, group, key));
  watch.happened = [fd, group, key = std::move(key),
                    before](short) -> absl::StatusOr<bool> {
    CLEAT_ASSIGN_OR_RETURN(const int64_t count, ReadCount(fd, group, key));
    if (count == before && !sys::Exists(group.directories.back().path)) {
      return Gone(group);
    }
    return count > before;
  };
  return watch;
}

// v1: an eventfd that the kernel writes to for `file`. It does so, too, when
// the group is removed.
absl::StatusOr<Watch> WatchV1(const Group& group, const std::string& directory,
                              const std::string& file,
                              const std::string& argument) {
  Watch watch;
  watch.fd.Reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!watch.fd.valid()) return sys::ErrnoError("make eventfd");
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd control,
      sys::Open(absl::StrCat(directory, "/", file), O_RDONLY));
  CLEAT_RETURN_IF_ERROR(
      sys::WriteExisting(absl::StrCat(directory, "/cgroup.event_control"),
                         absl::StrCat(watch.fd.get(), " ", control.get(),
                                      argument.empty() ? "" : " ", argument)));
  watch.events = POLLIN;
  watch.happened = [group, directory](short revents) -> absl::StatusOr<bool> {
    if (!sys::Exists(directory)) return Gone(group);
    return (revents & POLLIN) != 0;
  };
  return watch;
}

absl::StatusOr<Watch> WatchOom(const Group& group, const WaitOptions&) {
  const std::string unified =
      absl::StrCat(UnifiedDirectory(group), "/memory.events");
  if (sys::Exists(unified)) return WatchCount(group, unified, "oom_kill");
  const std::string v1 = V1Memory(group);
  if (!v1.empty()) return WatchV1(group, v1, "memory.oom_control", "");
  return CannotTell(group, "no memory controller counts it");
}

// v1 tells when the use passes a threshold in either direction.
absl::StatusOr<Watch> WatchSoftLimit(const Group& group,
                                     const std::string& directory) {
  const auto read = [directory](const char* file) {
    const absl::StatusOr<std::string> text =
        sys::ReadFile(absl::StrCat(directory, "/", file));
    return text.ok() ? procfs::ParseStatNumber(*text) : absl::nullopt;
  };
  const absl::optional<int64_t> limit = read("memory.soft_limit_in_bytes");
  // "No limit" is the last whole page below 2^63.
  if (limit.value_or(INT64_MAX) >= int64_t{1} << 62) {
    return CannotTell(group,
                      "it has no soft limit, which stands for memory.high on "
                      "cgroup v1 (cgset --memory-reservation sets it)");
  }
  CLEAT_ASSIGN_OR_RETURN(
      Watch watch,
      WatchV1(group, directory, "memory.usage_in_bytes", absl::StrCat(*limit)));
  watch.happened = [group, directory, read,
                    limit](short) -> absl::StatusOr<bool> {
    if (!sys::Exists(directory)) return Gone(group);
    return read("memory.usage_in_bytes").value_or(0) >= *limit;
  };
  return watch;
}

absl::StatusOr<Watch> WatchMemoryHigh(const Group& group, const WaitOptions&) {
  const std::string unified =
      absl::StrCat(UnifiedDirectory(group), "/memory.events");
  if (sys::Exists(unified)) return WatchCount(group, unified, "high");
  const std::string v1 = V1Memory(group);
  if (!v1.empty()) return WatchSoftLimit(group, v1);
  return CannotTell(group, "no memory controller counts it");
}

absl::StatusOr<Watch> WatchPsi(const Group& group, const std::string& path,
                               const WaitOptions& options) {
  Watch watch;
  CLEAT_ASSIGN_OR_RETURN(watch.fd, sys::Open(path, O_RDWR | O_NONBLOCK));
  const std::string trigger =
      absl::StrCat("some ", options.stall_us, " ", options.window_us);
  // With its final 0 byte.
  const ssize_t written =
      write(watch.fd.get(), trigger.c_str(), trigger.size() + 1);
  if (written < 0) {
    return sys::ErrnoError("write '", trigger, "' to ", path,
                           " (the window is 500ms to 10s, without "
                           "CAP_SYS_RESOURCE a multiple of 2s, and the stall "
                           "is within it)");
  }
  watch.events = POLLPRI;
  watch.happened = [group, path](short revents) -> absl::StatusOr<bool> {
    if ((revents & POLLERR) != 0 || !sys::Exists(path)) return Gone(group);
    return (revents & POLLPRI) != 0;
  };
  return watch;
}

absl::StatusOr<Watch> WatchPressure(const Group& group,
                                    const WaitOptions& options) {
  const std::string psi =
      absl::StrCat(UnifiedDirectory(group), "/", options.resource, ".pressure");
  if (sys::Exists(psi)) return WatchPsi(group, psi, options);
  const std::string v1 = V1Memory(group);
  if (options.resource == "memory" && !v1.empty()) {
    return WatchV1(group, v1, "memory.pressure_level", "medium");
  }
  return CannotTell(
      group, absl::StrCat("nothing tells of its pressure for ",
                          options.resource, ": PSI is of cgroup v2 groups"));
}

// v2 tells when a group empties; of v1's members one is waited for, for a
// while: the others may have gone otherwise.
class EmptyWatch {
 public:
  explicit EmptyWatch(const Group& group) : group_(group) {}

  absl::StatusOr<bool> Empty() {
    fd_.Reset();
    for (const GroupDirectory& directory : group_.directories) {
      CLEAT_ASSIGN_OR_RETURN(const bool empty, EmptyIn(directory));
      if (!empty) return false;
    }
    return true;
  }

  int fd() const { return fd_.get(); }
  short events() const { return events_; }

 private:
  absl::StatusOr<bool> EmptyIn(const GroupDirectory& directory) {
    if (directory.hierarchy->unified) {
      absl::StatusOr<sys::Fd> opened =
          sys::Open(absl::StrCat(directory.path, "/cgroup.events"), O_RDONLY);
      if (opened.ok()) return EmptyUnified(*std::move(opened));
    }
    CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> pids,
                           cgroup::Processes(directory.path));
    if (pids.empty()) return true;
    absl::StatusOr<sys::Fd> pidfd = sys::OpenPidfd(pids.front());
    if (pidfd.ok()) fd_ = *std::move(pidfd);
    events_ = POLLIN;
    return false;
  }

  absl::StatusOr<bool> EmptyUnified(sys::Fd events) {
    const absl::StatusOr<int64_t> populated =
        ReadCount(events.get(), group_, "populated");
    if (absl::IsNotFound(populated.status())) return true;
    if (!populated.ok()) return populated.status();
    fd_ = std::move(events);
    events_ = POLLPRI;
    return *populated == 0;
  }

  const Group& group_;
  sys::Fd fd_;
  short events_ = 0;
};

absl::Status TooLate(const Group& group, const WaitOptions& options) {
  return absl::DeadlineExceededError(absl::StrCat(
      "wait for ", NameOf(options.event), " of cgroup ", group.path,
      ": not in ", absl::FormatDuration(options.timeout)));
}

// Polls until then at most; revents.
short Poll(int fd, short events, int look_every_ms, absl::Duration left) {
  struct pollfd entry = {fd, events, 0};
  const int64_t left_ms =
      left == absl::InfiniteDuration()
          ? look_every_ms
          : std::max<int64_t>(absl::ToInt64Milliseconds(left), 1);
  poll(&entry, 1, static_cast<int>(std::min<int64_t>(left_ms, look_every_ms)));
  return entry.revents;
}

absl::Status WaitForEmpty(const Group& group, const WaitOptions& options,
                          absl::Time deadline) {
  EmptyWatch watch(group);
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const bool empty, watch.Empty());
    if (empty) return absl::OkStatus();
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return TooLate(group, options);
    Poll(watch.fd(), watch.events(), kLookEveryMs, left);
  }
}

absl::StatusOr<Watch> MakeWatch(const Group& group,
                                const WaitOptions& options) {
  switch (options.event) {
    case Event::kOom:
      return WatchOom(group, options);
    case Event::kMemoryHigh:
      return WatchMemoryHigh(group, options);
    default:
      return WatchPressure(group, options);
  }
}

}  // namespace

absl::StatusOr<Event> ParseEvent(absl::string_view name) {
  for (const EventName& known : kEvents) {
    if (known.name == name) return known.event;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", name, "' is none of oom, empty, memory-high, pressure"));
}

absl::Status WaitFor(const Group& group, const WaitOptions& options) {
  trace::Span span("wait for event of cgroup", group.path);
  const absl::Time deadline = absl::Now() + options.timeout;
  if (options.event == Event::kEmpty) {
    return WaitForEmpty(group, options, deadline);
  }
  CLEAT_ASSIGN_OR_RETURN(const Watch watch, MakeWatch(group, options));
  short revents = 0;
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const bool happened, watch.happened(revents));
    if (happened) return absl::OkStatus();
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return TooLate(group, options);
    revents = Poll(watch.fd.get(), watch.events, watch.look_every_ms, left);
  }
}

}  // namespace cleat::cgstat
