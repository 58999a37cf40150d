#include "lib/ns/persist.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/child.h"
#include "lib/sys/errno.h"

namespace cleat::ns {
namespace {

struct BindPlan {
  std::string source;
  std::string target;
};

// The files of what this process's children will be in.
std::vector<BindPlan> Plans(const std::vector<PersistentFile>& files) {
  std::vector<BindPlan> plans;
  for (const PersistentFile& file : files) {
    const bool children =
        file.kind->flag == CLONE_NEWPID || file.kind->flag == CLONE_NEWTIME;
    plans.push_back({absl::StrCat("/proc/", getpid(), "/ns/", file.kind->file,
                                  children ? "_for_children" : ""),
                     file.file});
  }
  return plans;
}

const char* Cure(const BindPlan& plan, int error) {
  switch (error) {
    case ENOENT:
      return access(plan.target.c_str(), F_OK) == 0
                 ? "a PID namespace needs a process: --fork"
                 : "the file must be there: touch it";
    case EINVAL:
      return "a mount namespace can be kept only on a mount that is not "
             "shared (mount --make-private), in an older mount namespace";
    case EPERM:
      return "without privilege ns-pin keeps it by a process";
    default:
      return "";
  }
}

[[noreturn]] void BindAll(const std::vector<BindPlan>& plans, int go,
                          const sys::ChildReport& report) {
  char byte;
  if (sys::RetryOnEintr([&] { return read(go, &byte, 1); }) != 1) _exit(1);
  for (const BindPlan& plan : plans) {
    trace::Span span("mount", plan.target);
    if (mount(plan.source.c_str(), plan.target.c_str(), nullptr, MS_BIND,
              nullptr) == 0) {
      continue;
    }
    const int error = errno;
    span.Fail(error);
    const absl::string_view cure = Cure(plan, error);
    if (cure.empty()) report.Fail("mount namespace on", plan.target, error);
    report.Refuse("mount namespace on", plan.target, cure);
  }
  report.Ready();
  _exit(0);
}

}  // namespace

absl::StatusOr<Persister> Persister::Start(
    const std::vector<PersistentFile>& files) {
  Persister persister;
  if (files.empty()) return persister;
  const std::vector<BindPlan> plans = Plans(files);
  CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe go, sys::MakeReportPipe());
  CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe report, sys::MakeReportPipe());
  CLEAT_ASSIGN_OR_RETURN(persister.child_, sys::Clone({}, [&] {
                           close(go.child.get());
                           BindAll(plans, go.parent.get(),
                                   sys::ChildReport(report.child.get()));
                         }));
  persister.go_ = std::move(go.child);
  persister.report_ = std::move(report.parent);
  return persister;
}

absl::Status Persister::Bind() {
  if (!go_.valid()) return absl::OkStatus();
  (void)!write(go_.get(), "", 1);
  go_.Reset();
  const absl::StatusOr<sys::ChildStage> stage = sys::AwaitChild(report_.get());
  // A fork of the caller has no such child.
  waitpid(child_.pid, nullptr, 0);
  if (!stage.ok()) return stage.status();
  if (*stage == sys::ChildStage::kReady) return absl::OkStatus();
  return absl::AbortedError("mount namespaces: the helper was killed");
}

}  // namespace cleat::ns
