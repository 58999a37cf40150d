#include "lib/ns/enter.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/continue_in_child.h"
#include "lib/ns/exec_program.h"
#include "lib/procfs/status.h"
#include "lib/sys/capability.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

// Of the entered user namespace: without these it would be no change at all,
// and ids of outside that it does not map are nobody's.
void ChooseIds(EnterPlan& plan) {
  if ((plan.join.Flags() & CLONE_NEWUSER) == 0 || plan.preserve_credentials) {
    return;
  }
  if (!plan.uid.has_value()) plan.uid = 0;
  if (!plan.gid.has_value()) plan.gid = 0;
}

absl::Status FollowIds(EnterPlan& plan) {
  if (!plan.follow_uid && !plan.follow_gid) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const std::string text,
                         sys::ReadFileAt(plan.process.get(), "status"));
  CLEAT_ASSIGN_OR_RETURN(const procfs::ProcessStatus status,
                         procfs::ParseStatus(text));
  if (plan.follow_uid) plan.uid = status.uid.effective;
  if (plan.follow_gid) plan.gid = status.gid.effective;
  return absl::OkStatus();
}

absl::Status ChangeRoot(int root) {
  trace::Span span("chroot", "");
  if (fchdir(root) == 0 && chroot(".") == 0) return absl::OkStatus();
  span.Fail(errno);
  return sys::ErrnoError("change the root directory");
}

// A change of root alone leaves the working directory where it was.
absl::Status ChangeDirectories(EnterPlan& plan) {
  if (plan.root.valid()) {
    if (!plan.working_directory.valid() && !plan.inner_directory.has_value()) {
      CLEAT_ASSIGN_OR_RETURN(plan.working_directory,
                             sys::Open(".", O_PATH | O_DIRECTORY));
    }
    CLEAT_RETURN_IF_ERROR(ChangeRoot(plan.root.get()));
  }
  if (plan.inner_directory.has_value()) {
    const std::string& path = *plan.inner_directory;
    if (chdir(path.c_str()) == 0) return absl::OkStatus();
    return sys::ErrnoError("change to working directory ", path);
  }
  if (!plan.working_directory.valid() ||
      fchdir(plan.working_directory.get()) == 0) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("change to the working directory");
}

// As proc(5) has it, at the exec that follows.
absl::Status SetSecurityContext(const std::string& context) {
  if (context.empty()) return absl::OkStatus();
  const std::string path = "/proc/self/attr/exec";
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd, sys::Open(path, O_WRONLY));
  struct statfs info;
  if (fstatfs(fd.get(), &info) != 0 || info.f_type != PROC_SUPER_MAGIC) {
    return absl::FailedPreconditionError(path + ": not procfs");
  }
  return sys::WriteAll(fd.get(), context, path);
}

// `environ` itself, so that the program is looked for in the new PATH.
void SetEnvironment(const EnterPlan& plan) {
  if (!plan.environment.has_value()) return;
  clearenv();
  for (const std::string& entry : *plan.environment) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos) continue;
    setenv(entry.substr(0, equals).c_str(), entry.c_str() + equals + 1, 1);
  }
}

absl::Status IdError(const char* act, unsigned id) {
  const char* const hint = errno == EINVAL
                               ? " (the user namespace does not map it: "
                                 "--preserve-credentials keeps what there is)"
                               : "";
  return sys::ErrnoError(act, " ", id, hint);
}

// All supplementary groups, before and after the change of user namespace: in
// either of the two the caller may lack the right.
absl::Status SetIds(const EnterPlan& plan, bool groups_dropped) {
  if (plan.gid.has_value()) {
    if (setgroups(0, nullptr) != 0 && !groups_dropped) {
      return sys::ErrnoError("drop supplementary groups",
                             " (where the user namespace denies setgroups, "
                             "--preserve-credentials keeps them)");
    }
    if (setgid(*plan.gid) != 0) return IdError("become group", *plan.gid);
  }
  if (plan.uid.has_value() && setuid(*plan.uid) != 0) {
    return IdError("become user", *plan.uid);
  }
  return absl::OkStatus();
}

// The kernel takes capabilities from whoever is no more user 0, and at the
// exec of who is not: the ambient ones stay (capabilities(7)).
absl::Status SetCredentials(const EnterPlan& plan, bool groups_dropped) {
  const bool keep =
      plan.keep_capabilities && (plan.join.Flags() & CLONE_NEWUSER) != 0;
  if (!keep) return SetIds(plan, groups_dropped);
  const sys::CapabilitySet all = sys::EffectiveCapabilities();
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) {
    return sys::ErrnoError("keep capabilities");
  }
  CLEAT_RETURN_IF_ERROR(SetIds(plan, groups_dropped));
  if (sys::SetCapabilities({all, all, all}) != 0 ||
      sys::SetAmbientSet(all) != 0) {
    return sys::ErrnoError("keep capabilities");
  }
  return absl::OkStatus();
}

// False where it is not asked for, either.
bool DropGroupsFirst(const EnterPlan& plan) {
  const bool asked =
      (plan.join.Flags() & CLONE_NEWUSER) != 0 && !plan.preserve_credentials;
  return !asked || setgroups(0, nullptr) == 0;
}

}  // namespace

absl::StatusOr<int> Enter(EnterPlan plan,
                          const std::vector<std::string>& program) {
  CLEAT_RETURN_IF_ERROR(SetSecurityContext(plan.security_context));
  if (plan.groups.has_value()) {
    CLEAT_RETURN_IF_ERROR(cgroup::JoinGroups(*plan.groups));
  }
  const bool groups_dropped = DropGroupsFirst(plan);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  CLEAT_RETURN_IF_ERROR(Join(plan.join));
  CLEAT_RETURN_IF_ERROR(ChangeDirectories(plan));
  CLEAT_RETURN_IF_ERROR(FollowIds(plan));
  ChooseIds(plan);
  if (plan.fork) {
    CLEAT_ASSIGN_OR_RETURN(const absl::optional<int> status, ContinueInChild());
    if (status.has_value()) return *status;
  }
  CLEAT_RETURN_IF_ERROR(SetCredentials(plan, groups_dropped));
  SetEnvironment(plan);
  return ExecProgram(program);
}

}  // namespace cleat::ns
