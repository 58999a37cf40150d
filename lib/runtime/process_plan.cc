#include <limits.h>
#include <linux/seccomp.h>
#include <string.h>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/runtime/plan.h"
#include "lib/seccomp/compile.h"
#include "lib/seccomp/default_profile.h"
#include "lib/seccomp/profile.h"

namespace cleat::runtime {
namespace {

struct RlimitName {
  absl::string_view name;
  int resource;
};

// getrlimit(2), in the order of their numbers.
constexpr RlimitName kRlimits[] = {
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_STACK", RLIMIT_STACK},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
};

absl::StatusOr<RlimitPlan> MakeRlimit(const proto::oci::Rlimit& rlimit) {
  for (const RlimitName& known : kRlimits) {
    if (rlimit.type() != known.name) continue;
    return RlimitPlan{
        known.resource, {rlimit.soft(), rlimit.hard()}, rlimit.type()};
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "rlimit '", rlimit.type(), "': no such limit (as RLIMIT_NOFILE)"));
}

using Names = google::protobuf::RepeatedPtrField<std::string>;

absl::StatusOr<sys::CapabilitySet> MakeSet(const Names& names) {
  // What this kernel does not know yet, a container cannot have.
  static const sys::CapabilitySet known = sys::KnownCapabilities();
  sys::CapabilitySet set = 0;
  for (const std::string& name : names) {
    CLEAT_ASSIGN_OR_RETURN(int number, sys::CapabilityNumber(name));
    set |= sys::CapabilitySet{1} << number;
  }
  return set & known;
}

absl::Status AddCapabilities(const proto::oci::Capabilities& capabilities,
                             ProcessPlan& plan) {
  CLEAT_ASSIGN_OR_RETURN(plan.bounding, MakeSet(capabilities.bounding()));
  CLEAT_ASSIGN_OR_RETURN(plan.capabilities.effective,
                         MakeSet(capabilities.effective()));
  CLEAT_ASSIGN_OR_RETURN(plan.capabilities.permitted,
                         MakeSet(capabilities.permitted()));
  CLEAT_ASSIGN_OR_RETURN(plan.capabilities.inheritable,
                         MakeSet(capabilities.inheritable()));
  CLEAT_ASSIGN_OR_RETURN(plan.ambient, MakeSet(capabilities.ambient()));
  return absl::OkStatus();
}

absl::Status AddFilter(const proto::oci::Seccomp& profile, ProcessPlan& plan) {
  trace::Span span("compile seccomp profile", "");
  if (profile.use_default()) {
    plan.filter_flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    CLEAT_ASSIGN_OR_RETURN(plan.filter, seccomp::DefaultProgram(plan.bounding));
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(const seccomp::Target target,
                         seccomp::ThisMachine(plan.bounding));
  CLEAT_ASSIGN_OR_RETURN(const seccomp::Filter filter,
                         seccomp::Resolve(profile, target));
  plan.filter_flags = filter.flags;
  CLEAT_ASSIGN_OR_RETURN(plan.filter, seccomp::Compile(filter));
  return absl::OkStatus();
}

absl::string_view PathOf(const std::vector<std::string>& env) {
  for (absl::string_view entry : env) {
    if (absl::ConsumePrefix(&entry, "PATH=")) return entry;
  }
  return "";
}

// As execvp(3): a name with a slash is itself, an empty directory is ".".
std::vector<std::string> Candidates(const std::string& program,
                                    absl::string_view path) {
  if (absl::StrContains(program, '/')) return {program};
  std::vector<std::string> candidates;
  for (absl::string_view directory : absl::StrSplit(path, ':')) {
    candidates.push_back(
        absl::StrCat(directory.empty() ? "." : directory, "/", program));
  }
  return candidates;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(&text[0]);
  pointers.push_back(nullptr);
  return pointers;
}

// What is seen of it as the container's first process (ps): "cleat-init --"
// and the program.
void AddLauncher(ProcessPlan& plan) {
  static char name[] = "cleat-init";
  static char separator[] = "--";
  plan.launcher_variable.resize(PATH_MAX + 64);
  plan.launcher_argv = {name, separator};
  plan.launcher_argv.insert(plan.launcher_argv.end(), plan.argv.begin(),
                            plan.argv.end());
  plan.launcher_envp = {&plan.launcher_variable[0]};
  plan.launcher_envp.insert(plan.launcher_envp.end(), plan.envp.begin(),
                            plan.envp.end());
}

absl::Status CheckTexts(const ProcessPlan& plan) {
  if (plan.args.empty() || plan.args[0].empty()) {
    return absl::InvalidArgumentError("process args: no program is named");
  }
  for (const auto* texts : {&plan.args, &plan.env}) {
    for (const std::string& text : *texts) {
      if (text.size() != strlen(text.c_str())) {
        return absl::InvalidArgumentError(
            absl::StrCat("process: NUL byte after '", text.c_str(), "'"));
      }
    }
  }
  if (!absl::StartsWith(plan.cwd, "/")) {
    return absl::InvalidArgumentError(
        absl::StrCat("process cwd '", plan.cwd, "': give an absolute path"));
  }
  return absl::OkStatus();
}

void AddUser(const proto::oci::User& user, ProcessPlan& plan) {
  plan.uid = user.uid();
  plan.gid = user.gid();
  plan.groups.assign(user.additional_gids().begin(),
                     user.additional_gids().end());
  if (user.has_umask()) plan.umask = user.umask() & 0777;
}

void AddTerminal(const proto::oci::Process& process, ProcessPlan& plan) {
  plan.terminal = process.terminal();
  const proto::oci::ConsoleSize& size = process.console_size();
  plan.window.ws_row = static_cast<uint16_t>(size.height());
  plan.window.ws_col = static_cast<uint16_t>(size.width());
}

}  // namespace

absl::StatusOr<ProcessPlan> MakeProcessPlan(const proto::oci::Spec& spec) {
  const proto::oci::Process& process = spec.process();
  ProcessPlan plan;
  plan.args.assign(process.args().begin(), process.args().end());
  plan.env.assign(process.env().begin(), process.env().end());
  plan.cwd = process.cwd();
  CLEAT_RETURN_IF_ERROR(CheckTexts(plan));
  AddUser(process.user(), plan);
  CLEAT_RETURN_IF_ERROR(AddCapabilities(process.capabilities(), plan));
  for (const proto::oci::Rlimit& rlimit : process.rlimits()) {
    CLEAT_ASSIGN_OR_RETURN(RlimitPlan made, MakeRlimit(rlimit));
    plan.rlimits.push_back(made);
  }
  plan.no_new_privileges = process.no_new_privileges();
  if (spec.linux().has_seccomp()) {
    CLEAT_RETURN_IF_ERROR(AddFilter(spec.linux().seccomp(), plan));
  }
  if (!process.apparmor_profile().empty()) {
    plan.apparmor = absl::StrCat("exec ", process.apparmor_profile());
  }
  AddTerminal(process, plan);
  if (process.has_oom_score_adj()) {
    plan.oom_score_adj = absl::StrCat(process.oom_score_adj());
  }
  plan.candidates = Candidates(plan.args[0], PathOf(plan.env));
  plan.argv = Pointers(plan.args);
  plan.envp = Pointers(plan.env);
  AddLauncher(plan);
  return plan;
}

}  // namespace cleat::runtime
