#include "lib/ns/enter_options.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/ns/choice.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"
#include "lib/sys/pidfd.h"

namespace cleat::ns {
namespace {

using Options = proto::NsEnterOptions;

// Builds the plan option by option; once something was opened by the target's
// number, that has to be checked.
class Builder {
 public:
  Builder(const Options& options, Source source)
      : options_(options), source_(std::move(source)) {}

  absl::StatusOr<EnterPlan> Build() {
    CLEAT_RETURN_IF_ERROR(AddNamespaces());
    CLEAT_RETURN_IF_ERROR(AddParent());
    CLEAT_RETURN_IF_ERROR(AddSocket());
    CLEAT_RETURN_IF_ERROR(AddDirectories());
    CLEAT_RETURN_IF_ERROR(AddCredentials());
    CLEAT_RETURN_IF_ERROR(AddSurroundings());
    if (by_number_) CLEAT_RETURN_IF_ERROR(source_.target->Check());
    plan_.fork =
        (plan_.join.Flags() & CLONE_NEWPID) != 0 && !options_.no_fork();
    CLEAT_RETURN_IF_ERROR(CheckSomething());
    plan_.target = std::move(source_.target);
    return std::move(plan_);
  }

 private:
  // A container or a pin is meant as a whole where nothing else is said.
  absl::Status AddNamespaces() {
    const proto::NamespaceTarget& target = options_.target();
    const bool whole =
        (target.has_id() || target.has_input() || target.has_pin()) &&
        !options_.user_parent() && !options_.has_net_socket();
    CLEAT_ASSIGN_OR_RETURN(plan_.join,
                           Choose(options_.choice(), whole, source_));
    return absl::OkStatus();
  }

  // Of the user namespace that is asked for, else of the target's, else the
  // owner of any other.
  absl::StatusOr<sys::Fd> OpenParent() {
    for (const OpenedNamespace& opened : plan_.join.opened) {
      if (opened.kind->flag == CLONE_NEWUSER) {
        return sys::NamespaceParent(opened.fd.get());
      }
    }
    if (source_.target.has_value()) {
      by_number_ = true;
      CLEAT_ASSIGN_OR_RETURN(const sys::Fd user,
                             source_.target->Open("ns/user", O_RDONLY));
      return sys::NamespaceParent(user.get());
    }
    if (plan_.join.opened.empty()) return NoTarget("user-parent");
    return sys::NamespaceOwner(plan_.join.opened.front().fd.get());
  }

  absl::Status AddParent() {
    if (!options_.user_parent()) return absl::OkStatus();
    CLEAT_ASSIGN_OR_RETURN(sys::Fd parent, OpenParent());
    plan_.join.Put(
        {FindKindOfFlag(CLONE_NEWUSER), std::move(parent), "(parent)"});
    return absl::OkStatus();
  }

  absl::Status AddSocket() {
    if (!options_.has_net_socket()) return absl::OkStatus();
    if (!source_.target.has_value()) return NoTarget("net-socket");
    CLEAT_ASSIGN_OR_RETURN(
        const sys::Fd socket,
        sys::CopyFdOf(source_.target->pidfd(), options_.net_socket()));
    CLEAT_ASSIGN_OR_RETURN(sys::Fd net, sys::NamespaceOfSocket(socket.get()));
    plan_.join.Put(
        {FindKindOfFlag(CLONE_NEWNET), std::move(net), "of the socket"});
    return absl::OkStatus();
  }

  // "root" and "cwd" of the target, or the path that is given.
  absl::StatusOr<sys::Fd> OpenDirectory(absl::string_view option,
                                        const std::string& value,
                                        absl::string_view file) {
    constexpr int kFlags = O_PATH | O_DIRECTORY;
    if (value != kOfTarget) return sys::Open(value, kFlags);
    if (!source_.target.has_value()) return NoTarget(option);
    by_number_ = true;
    return source_.target->Open(file, kFlags);
  }

  absl::Status AddDirectories() {
    if (options_.has_wd() && options_.has_wdns()) {
      return absl::InvalidArgumentError("--wd and --wdns exclude each other");
    }
    if (options_.has_root()) {
      CLEAT_ASSIGN_OR_RETURN(plan_.root,
                             OpenDirectory("root", options_.root(), "root"));
    }
    if (options_.has_wd()) {
      CLEAT_ASSIGN_OR_RETURN(plan_.working_directory,
                             OpenDirectory("wd", options_.wd(), "cwd"));
    }
    if (options_.has_wdns() && options_.wdns() != kOfTarget) {
      plan_.inner_directory = options_.wdns();
    }
    return absl::OkStatus();
  }

  static absl::Status ParseId(absl::string_view option,
                              const std::string& value, bool* follow,
                              absl::optional<uint32_t>* id) {
    uint32_t number;
    *follow = value == "follow";
    if (*follow) return absl::OkStatus();
    if (!absl::SimpleAtoi(value, &number)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--", option, ": '", value, "': a number or 'follow' is expected"));
    }
    *id = number;
    return absl::OkStatus();
  }

  absl::Status AddCredentials() {
    if (options_.has_setuid()) {
      CLEAT_RETURN_IF_ERROR(
          ParseId("setuid", options_.setuid(), &plan_.follow_uid, &plan_.uid));
    }
    if (options_.has_setgid()) {
      CLEAT_RETURN_IF_ERROR(
          ParseId("setgid", options_.setgid(), &plan_.follow_gid, &plan_.gid));
    }
    plan_.preserve_credentials = options_.preserve_credentials();
    plan_.keep_capabilities = options_.keep_caps();
    if (!plan_.follow_uid && !plan_.follow_gid) return absl::OkStatus();
    if (!source_.target.has_value()) {
      return NoTarget(plan_.follow_uid ? "setuid" : "setgid");
    }
    by_number_ = true;
    CLEAT_ASSIGN_OR_RETURN(plan_.process,
                           source_.target->Open("", O_PATH | O_DIRECTORY));
    return absl::OkStatus();
  }

  absl::Status AddSurroundings() {
    const bool asked =
        options_.env() || options_.join_cgroup() || options_.follow_context();
    if (!asked) return absl::OkStatus();
    if (!source_.target.has_value()) {
      return NoTarget(options_.env()           ? "env"
                      : options_.join_cgroup() ? "join-cgroup"
                                               : "follow-context");
    }
    by_number_ = true;
    if (options_.env()) {
      CLEAT_ASSIGN_OR_RETURN(const std::string text,
                             source_.target->Read("environ"));
      plan_.environment = absl::StrSplit(text, '\0', absl::SkipEmpty());
    }
    if (options_.join_cgroup()) {
      CLEAT_ASSIGN_OR_RETURN(plan_.groups,
                             cgroup::OpenGroupsOf(source_.target->pid()));
    }
    return options_.follow_context() ? AddContext() : absl::OkStatus();
  }

  absl::Status AddContext() {
    struct statfs info;
    if (statfs("/sys/fs/selinux", &info) != 0 || info.f_type != SELINUX_MAGIC) {
      return absl::FailedPreconditionError(
          "--follow-context: SELinux is not in force on this machine");
    }
    CLEAT_ASSIGN_OR_RETURN(plan_.security_context,
                           source_.target->Read("attr/current"));
    return absl::OkStatus();
  }

  absl::Status CheckSomething() const {
    const bool something = plan_.join.Flags() != 0 || plan_.root.valid() ||
                           plan_.working_directory.valid() ||
                           plan_.environment.has_value() ||
                           plan_.groups.has_value() || options_.choice().all();
    if (something) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "no namespace is named (--target=PID --all enters all of a process)");
  }

  const Options& options_;
  Source source_;
  EnterPlan plan_;
  bool by_number_ = false;
};

}  // namespace

absl::StatusOr<EnterPlan> MakeEnterPlan(const Options& options, Source source) {
  return Builder(options, std::move(source)).Build();
}

}  // namespace cleat::ns
