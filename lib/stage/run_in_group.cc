#include "lib/stage/run_in_group.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/status_macros.h"
#include "lib/cgroup/attach.h"
#include "lib/ns/continue_in_child.h"
#include "lib/sys/child.h"
#include "lib/sys/clone.h"

namespace cleat::stage {
namespace {

[[noreturn]] void Become(char* const* argv, const sys::ChildReport& report) {
  // Tools ignore it, to be told of a closed pipe.
  signal(SIGPIPE, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  report.Ready();
  execvp(argv[0], argv);
  report.FailExec(argv[0], errno);
}

// Until the program runs.
absl::Status AwaitExec(int fd) {
  CLEAT_ASSIGN_OR_RETURN(const sys::ChildStage first, sys::AwaitChild(fd));
  if (first == sys::ChildStage::kExecuted) return absl::OkStatus();
  return sys::AwaitChild(fd).status();
}

}  // namespace

absl::StatusOr<int> RunInGroup(const proto::CgroupState& state,
                               std::vector<std::string> program) {
  CLEAT_ASSIGN_OR_RETURN(const cgroup::AttachPlan plan,
                         cgroup::PrepareAttach(state));
  CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe pipe, sys::MakeReportPipe());
  std::vector<char*> argv;
  argv.reserve(program.size() + 1);
  for (std::string& word : program) argv.push_back(word.data());
  argv.push_back(nullptr);
  const sigset_t before = ns::BlockForChild();
  sys::CloneOptions options;
  options.cgroup = plan.unified.get();
  const auto child = sys::Clone(options, [&] {
    const sys::ChildReport report(pipe.child.get());
    cgroup::AttachSelf(plan, report);
    sigprocmask(SIG_SETMASK, &before, nullptr);
    Become(argv.data(), report);
  });
  pipe.child = sys::Fd();
  absl::Status status = child.status();
  siginfo_t end = {};
  if (status.ok()) {
    status = AwaitExec(pipe.parent.get());
    end = ns::FollowChild(child->pid);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  if (!status.ok()) return status;
  return end.si_code == CLD_EXITED ? end.si_status : 128 + end.si_status;
}

}  // namespace cleat::stage
