#include "lib/ns/run_unshared.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/continue_in_child.h"
#include "lib/ns/exec_program.h"
#include "lib/ns/make.h"
#include "lib/sys/capability.h"
#include "lib/sys/errno.h"
#include "lib/sys/pidfd.h"

namespace cleat::ns {
namespace {

absl::Status WithCure(const absl::Status& status, absl::string_view cure) {
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), " (", cure, ")"));
}

absl::Status SetIds(const UnsharePlan& plan) {
  if (plan.gid && setgroups(0, nullptr) != 0) {
    return WithCure(sys::ErrnoError("setgroups failed"),
                    "map-group and map-root-user deny it, map-groups does not");
  }
  if (plan.gid && setgid(*plan.gid) != 0) {
    return WithCure(sys::ErrnoError("setgid() failed: ", *plan.gid),
                    "the group must be mapped");
  }
  if (plan.uid && setuid(*plan.uid) != 0) {
    return WithCure(sys::ErrnoError("setuid() failed: ", *plan.uid),
                    "the user must be mapped");
  }
  return absl::OkStatus();
}

// A program of another user than 0 keeps what is ambient.
absl::Status KeepCapabilities() {
  sys::CapabilitySets sets = sys::CurrentCapabilities();
  sets.inheritable = sets.permitted;
  if (sys::SetCapabilities(sets) == 0 &&
      sys::SetAmbientSet(sets.permitted) == 0) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("keep capabilities");
}

// The death signal is lost with a change of credentials, so it comes last. A
// parent that has died before that cannot send it.
absl::Status BindToParent(int signal, int parent) {
  if (prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) != 0) {
    return sys::ErrnoError("set death signal");
  }
  CLEAT_ASSIGN_OR_RETURN(const bool ended, sys::PollForExit(parent, 0));
  if (ended) return absl::AbortedError("ns-unshare itself was killed");
  return absl::OkStatus();
}

void ClearEnvironment(const std::vector<std::string>& kept_names) {
  std::vector<std::pair<std::string, std::string>> kept;
  for (const std::string& name : kept_names) {
    const char* value = getenv(name.c_str());
    if (value != nullptr) kept.emplace_back(name, value);
  }
  clearenv();
  for (const auto& variable : kept) {
    setenv(variable.first.c_str(), variable.second.c_str(), 1);
  }
}

// In the process that runs the program.
absl::Status Run(const UnsharePlan& plan, Persister& persister, int parent,
                 const std::vector<std::string>& program) {
  CLEAT_RETURN_IF_ERROR(persister.Bind());
  CLEAT_RETURN_IF_ERROR(SetUp(plan.request));
  CLEAT_RETURN_IF_ERROR(SetIds(plan));
  if (plan.keep_capabilities && (plan.request.flags & CLONE_NEWUSER) != 0) {
    CLEAT_RETURN_IF_ERROR(KeepCapabilities());
  }
  if (plan.kill_child != 0) {
    CLEAT_RETURN_IF_ERROR(BindToParent(plan.kill_child, parent));
  }
  if (plan.clear_environment) ClearEnvironment(plan.kept_variables);
  return ExecProgram(program);
}

}  // namespace

absl::StatusOr<int> RunUnshared(const UnsharePlan& plan,
                                const std::vector<std::string>& program) {
  CLEAT_ASSIGN_OR_RETURN(Persister persister, Persister::Start(plan.files));
  sys::Fd self;
  if (plan.kill_child != 0) {
    CLEAT_ASSIGN_OR_RETURN(self, sys::OpenPidfd(getpid()));
  }
  CLEAT_RETURN_IF_ERROR(Make(plan.request));
  if (plan.fork) {
    CLEAT_ASSIGN_OR_RETURN(const absl::optional<int> status, ContinueInChild());
    if (status) return *status;
  }
  return Run(plan, persister, self.get(), program);
}

}  // namespace cleat::ns
