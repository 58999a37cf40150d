#include "lib/runtime/spec_builder.h"

#include <linux/capability.h>

#include <set>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/runtime/capability_choice.h"
#include "lib/runtime/defaults.h"
#include "lib/runtime/environment.h"
#include "lib/runtime/security_options.h"
#include "lib/runtime/sysctl.h"
#include "lib/runtime/ulimit.h"
#include "lib/runtime/user.h"
#include "lib/sys/capability.h"
#include "lib/sys/signal.h"

namespace cleat::runtime {
namespace {

// Docker's host name is the beginning of the id.
constexpr size_t kShortId = 12;
// linux/utsname.h, __NEW_UTS_LEN.
constexpr size_t kMaxHostname = 64;

absl::StatusOr<std::string> Hostname(const SpecSources& sources) {
  const std::string& asked = sources.process.hostname();
  const std::string name =
      asked.empty() ? sources.id.substr(0, kShortId) : asked;
  if (name.size() <= kMaxHostname && name.find('\0') == std::string::npos) {
    return name;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "hostname '", name, "': at most ", kMaxHostname, " bytes are allowed"));
}

absl::StatusOr<std::string> Workdir(const SpecSources& sources) {
  std::string path = sources.process.has_workdir()
                         ? sources.process.workdir()
                         : sources.image.working_dir();
  if (path.empty()) path = "/";
  if (path[0] == '/') return path;
  return absl::InvalidArgumentError(
      absl::StrCat("working directory '", path, "': give an absolute path"));
}

// As Docker has it, the user's own group is among the further ones, too: who
// has it taken away by setgid(2) keeps what it was refused (CVE-2022-36109).
void SetUser(const User& user, proto::oci::User* out) {
  out->set_uid(user.uid);
  out->set_gid(user.gid);
  std::set<uint32_t> known = {user.gid};
  out->add_additional_gids(user.gid);
  for (const uint32_t gid : user.additional_gids) {
    if (known.insert(gid).second) out->add_additional_gids(gid);
  }
}

// What a process may have at most. An ordinary user's container has a user
// namespace, where all capabilities are its own.
sys::CapabilitySet AvailableCapabilities() {
  const sys::CapabilitySet own = sys::EffectiveCapabilities();
  const bool ordinary = (own & (sys::CapabilitySet{1} << CAP_SYS_ADMIN)) == 0;
  return ordinary ? sys::KnownCapabilities() : own & sys::KnownCapabilities();
}

absl::StatusOr<sys::CapabilitySet> SetOf(
    const google::protobuf::RepeatedPtrField<std::string>& names) {
  sys::CapabilitySet set = 0;
  for (const std::string& name : names) {
    CLEAT_ASSIGN_OR_RETURN(const int number, sys::CapabilityNumber(name));
    set |= sys::CapabilitySet{1} << number;
  }
  return set;
}

// Over the default ones that the spec has.
absl::Status ApplyCapabilities(const proto::ProcessSpec& asked,
                               proto::oci::Process* process) {
  proto::oci::Capabilities& sets = *process->mutable_capabilities();
  CLEAT_ASSIGN_OR_RETURN(const sys::CapabilitySet defaults,
                         SetOf(sets.bounding()));
  CLEAT_ASSIGN_OR_RETURN(
      const sys::CapabilitySet chosen,
      ChooseCapabilities(asked, defaults, AvailableCapabilities()));
  sets.Clear();
  for (int number = 0; number < 64; ++number) {
    if ((chosen >> number & 1) == 0) continue;
    const std::string name(sys::CapabilityName(number));
    if (name.empty()) continue;
    sets.add_bounding(name);
    sets.add_effective(name);
    sets.add_permitted(name);
  }
  return absl::OkStatus();
}

// Of several for one resource the last holds.
absl::Status AddUlimit(const std::string& ulimit,
                       proto::oci::Process* process) {
  CLEAT_ASSIGN_OR_RETURN(const proto::oci::Rlimit asked, ParseUlimit(ulimit));
  for (proto::oci::Rlimit& rlimit : *process->mutable_rlimits()) {
    if (rlimit.type() != asked.type()) continue;
    rlimit = asked;
    return absl::OkStatus();
  }
  *process->add_rlimits() = asked;
  return absl::OkStatus();
}

// Resource limits, kernel parameters and what else has a number.
absl::Status ApplyLimits(const proto::ProcessSpec& asked,
                         proto::oci::Spec* spec) {
  proto::oci::Process& process = *spec->mutable_process();
  for (const std::string& ulimit : asked.ulimit()) {
    CLEAT_RETURN_IF_ERROR(AddUlimit(ulimit, &process));
  }
  for (const std::string& sysctl : asked.sysctl()) {
    CLEAT_RETURN_IF_ERROR(AddSysctl(sysctl, spec->mutable_linux()));
  }
  if (asked.has_stop_signal()) {
    CLEAT_RETURN_IF_ERROR(sys::SignalNumber(asked.stop_signal()).status());
  }
  if (!asked.has_oom_score_adj()) return absl::OkStatus();
  if (asked.oom_score_adj() < -1000 || asked.oom_score_adj() > 1000) {
    return absl::InvalidArgumentError(
        absl::StrCat("--oom-score-adj ", asked.oom_score_adj(),
                     ": give a number from -1000 to 1000"));
  }
  process.set_oom_score_adj(asked.oom_score_adj());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ProgramOf(const SpecSources& sources) {
  const auto& own = sources.process.args();
  if (!own.empty()) return std::vector<std::string>(own.begin(), own.end());
  std::vector<std::string> argv;
  const bool replaced = sources.process.has_entrypoint();
  if (!replaced) {
    const auto& entrypoint = sources.image.entrypoint();
    argv.assign(entrypoint.begin(), entrypoint.end());
  } else if (!sources.process.entrypoint().empty()) {
    argv.push_back(sources.process.entrypoint());
  }
  // As in Docker, the command is the entrypoint's own and goes with it.
  if (!sources.args.empty()) {
    argv.insert(argv.end(), sources.args.begin(), sources.args.end());
  } else if (!replaced) {
    argv.insert(argv.end(), sources.image.cmd().begin(),
                sources.image.cmd().end());
  }
  if (!argv.empty()) return argv;
  return absl::InvalidArgumentError(
      "run: no program: the image names none, so give one after the options");
}

absl::StatusOr<proto::oci::Spec> BuildSpec(const SpecSources& sources,
                                           int root) {
  proto::oci::Spec spec = DefaultSpec();
  proto::oci::Process& process = *spec.mutable_process();
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> argv,
                         ProgramOf(sources));
  for (const std::string& arg : argv) process.add_args(arg);
  CLEAT_ASSIGN_OR_RETURN(
      const User user,
      ResolveUser(root,
                  sources.process.has_user() ? sources.process.user()
                                             : sources.image.user(),
                  {sources.process.group_add().begin(),
                   sources.process.group_add().end()}));
  SetUser(user, process.mutable_user());
  CLEAT_ASSIGN_OR_RETURN(const std::string hostname, Hostname(sources));
  spec.set_hostname(hostname);
  if (sources.process.has_domainname()) {
    spec.set_domainname(sources.process.domainname());
  }
  CLEAT_ASSIGN_OR_RETURN(
      *process.mutable_env(),
      BuildEnv({sources.image, sources.process, hostname, user.home}));
  CLEAT_ASSIGN_OR_RETURN(*process.mutable_cwd(), Workdir(sources));
  if (sources.process.tty()) process.set_terminal(true);
  spec.mutable_root()->set_readonly(sources.rootfs.read_only());
  CLEAT_RETURN_IF_ERROR(ApplyLimits(sources.process, &spec));
  CLEAT_RETURN_IF_ERROR(ApplySecurity(sources.process, &spec));
  CLEAT_RETURN_IF_ERROR(ApplyCapabilities(sources.process, &process));
  return spec;
}

}  // namespace cleat::runtime
