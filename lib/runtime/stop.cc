#include "lib/runtime/stop.h"

#include <signal.h>

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/freeze.h"
#include "lib/runtime/supervisor.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"
#include "lib/sys/signal.h"

namespace cleat::runtime {
namespace {

// For the kernel to end what was killed, and for the holder to write it down.
constexpr absl::Duration kPatience = absl::Seconds(10);

// One that has ended meanwhile needs no signal.
absl::Status Send(const Stoppable& container, int signal) {
  const std::string words =
      absl::StrCat(sys::SignalName(signal), " to process ", container.pid);
  trace::Span span("send", words);
  const absl::Status sent = sys::SendSignal(container.pidfd.get(), signal);
  return absl::IsNotFound(sent) ? absl::OkStatus() : sent;
}

absl::Status AskToEnd(const Stoppable& container) {
  const bool shielded = LosesSignal(container.pid, container.signal);
  CLEAT_RETURN_IF_ERROR(Send(container, shielded ? SIGKILL : container.signal));
  if (container.frozen_group.empty()) return absl::OkStatus();
  return cgroup::Thaw(container.frozen_group);
}

absl::StatusOr<bool> EndsBefore(const sys::Fd& process, absl::Time deadline) {
  const int64_t left =
      std::max<int64_t>(0, absl::ToInt64Milliseconds(deadline - absl::Now()));
  constexpr int64_t kMost = std::numeric_limits<int>::max();
  return sys::PollForExit(process.get(),
                          static_cast<int>(std::min(left, kMost)));
}

absl::Status AwaitEnd(const Stoppable& container, absl::Time deadline) {
  CLEAT_ASSIGN_OR_RETURN(bool ended, EndsBefore(container.pidfd, deadline));
  if (!ended) {
    CLEAT_RETURN_IF_ERROR(Send(container, SIGKILL));
    CLEAT_ASSIGN_OR_RETURN(
        ended, EndsBefore(container.pidfd, absl::Now() + kPatience));
  }
  if (!ended) {
    return absl::DeadlineExceededError(
        absl::StrCat("process ", container.pid, " does not end after SIGKILL"));
  }
  if (!container.holder.valid()) return absl::OkStatus();
  return EndsBefore(container.holder, absl::Now() + kPatience).status();
}

}  // namespace

std::vector<absl::Status> Stop(const std::vector<Stoppable>& containers,
                               int64_t grace_us) {
  const absl::Time deadline = absl::Now() + absl::Microseconds(grace_us);
  std::vector<absl::Status> results;
  results.reserve(containers.size());
  for (const Stoppable& container : containers) {
    results.push_back(AskToEnd(container));
  }
  // One deadline for all: waiting in turn is waiting together.
  for (size_t i = 0; i < containers.size(); ++i) {
    results[i].Update(AwaitEnd(containers[i], deadline));
  }
  return results;
}

}  // namespace cleat::runtime
