#include "lib/cgroup/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {

namespace {

std::vector<std::string> TasksPaths(const proto::CgroupState& state) {
  std::vector<std::string> paths;
  for (const proto::CgroupDirectory& directory : state.directories()) {
    if (directory.unified()) continue;
    paths.push_back(absl::StrCat(directory.path(), "/tasks"));
  }
  return paths;
}

bool IsRealTime() {
  const int policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
  return policy == SCHED_FIFO || policy == SCHED_RR;
}

}  // namespace

absl::StatusOr<sys::Fd> OpenUnified(const proto::CgroupState& state) {
  for (const proto::CgroupDirectory& directory : state.directories()) {
    if (!directory.unified()) continue;
    return sys::Open(directory.path(), O_RDONLY | O_DIRECTORY);
  }
  return sys::Fd();
}

absl::StatusOr<std::vector<sys::Fd>> OpenTasks(
    const proto::CgroupState& state) {
  std::vector<sys::Fd> tasks;
  for (const std::string& path : TasksPaths(state)) {
    CLEAT_ASSIGN_OR_RETURN(tasks.emplace_back(), sys::Open(path, O_WRONLY));
  }
  return tasks;
}

absl::StatusOr<AttachPlan> PrepareAttach(const proto::CgroupState& state) {
  AttachPlan plan;
  CLEAT_ASSIGN_OR_RETURN(plan.unified, OpenUnified(state));
  CLEAT_ASSIGN_OR_RETURN(plan.tasks, OpenTasks(state));
  plan.paths = TasksPaths(state);
  return plan;
}

void EnterGroup(int tasks, const char* path, const sys::ChildReport& report) {
  trace::Span span("join cgroup", path);
  if (sys::RetryOnEintr([&] { return write(tasks, "0", 1); }) == 1) return;
  const int error = errno;
  span.Fail(error);
  if (error == EINVAL && IsRealTime()) {
    report.Refuse("join cgroup", path,
                  "it has no time for real-time programs, as this one is: "
                  "give it some (cgset --cpu-rt-runtime=950000), or run "
                  "this without (chrt --other 0)");
  }
  report.Fail("join cgroup", path, error);
}

void AttachSelf(const AttachPlan& plan, const sys::ChildReport& report) {
  for (size_t i = 0; i < plan.tasks.size(); ++i) {
    EnterGroup(plan.tasks[i].get(), plan.paths[i].c_str(), report);
  }
}

}  // namespace cleat::cgroup
