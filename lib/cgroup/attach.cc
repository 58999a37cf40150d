#include "lib/cgroup/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {

absl::StatusOr<AttachPlan> PrepareAttach(const proto::CgroupState& state) {
  AttachPlan plan;
  for (const proto::CgroupDirectory& directory : state.directories()) {
    if (directory.unified()) {
      CLEAT_ASSIGN_OR_RETURN(
          plan.unified, sys::Open(directory.path(), O_RDONLY | O_DIRECTORY));
      continue;
    }
    plan.paths.push_back(absl::StrCat(directory.path(), "/tasks"));
    CLEAT_ASSIGN_OR_RETURN(plan.tasks.emplace_back(),
                           sys::Open(plan.paths.back(), O_WRONLY));
  }
  return plan;
}

void AttachSelf(const AttachPlan& plan, const sys::ChildReport& report) {
  for (size_t i = 0; i < plan.tasks.size(); ++i) {
    trace::Span span("join cgroup", plan.paths[i]);
    const ssize_t written =
        sys::RetryOnEintr([&] { return write(plan.tasks[i].get(), "0", 1); });
    if (written < 0) span.Fail(errno);
    report.Check(written, "join cgroup", plan.paths[i]);
  }
}

}  // namespace cleat::cgroup
