#include "lib/seccomp/profile.h"

#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/utsname.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/pb/json.h"
#include "lib/seccomp/names.h"
#include "lib/sys/errno.h"
#include "proto/oci_runtime.table.h"

namespace cleat::seccomp {
namespace {

using proto::oci::Seccomp;
using proto::oci::SeccompArg;
using proto::oci::SeccompCondition;
using proto::oci::SeccompSyscall;
using Names = google::protobuf::RepeatedPtrField<std::string>;

constexpr uint32_t kMaxArguments = 6;

bool Contains(const Names& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Reads "MAJOR.MINOR", whatever follows.
bool ParseKernel(const char* text, int (&version)[2]) {
  return sscanf(text, "%d.%d", &version[0], &version[1]) == 2;
}

absl::StatusOr<bool> IsKernelAtLeast(const Target& target,
                                     const std::string& wanted) {
  int version[2];
  if (!ParseKernel(wanted.c_str(), version)) {
    return absl::InvalidArgumentError(
        absl::StrCat("minKernel '", wanted, "': give MAJOR.MINOR, as \"4.8\""));
  }
  return !std::lexicographical_compare(target.kernel, target.kernel + 2,
                                       version, version + 2);
}

absl::StatusOr<sys::CapabilitySet> MakeSet(const Names& names) {
  sys::CapabilitySet set = 0;
  for (const std::string& name : names) {
    CLEAT_ASSIGN_OR_RETURN(const int number, sys::CapabilityNumber(name));
    set |= sys::CapabilitySet{1} << number;
  }
  return set;
}

// All that is asked for is there.
absl::StatusOr<bool> Included(const SeccompCondition& includes,
                              const Target& target) {
  CLEAT_ASSIGN_OR_RETURN(const sys::CapabilitySet caps,
                         MakeSet(includes.caps()));
  if ((caps & ~target.capabilities) != 0) return false;
  if (!includes.arches().empty() &&
      !Contains(includes.arches(), target.arch->docker_name)) {
    return false;
  }
  if (!includes.has_min_kernel()) return true;
  return IsKernelAtLeast(target, includes.min_kernel());
}

// Something that is not wanted is there.
absl::StatusOr<bool> Excluded(const SeccompCondition& excludes,
                              const Target& target) {
  CLEAT_ASSIGN_OR_RETURN(const sys::CapabilitySet caps,
                         MakeSet(excludes.caps()));
  if ((caps & target.capabilities) != 0) return true;
  if (Contains(excludes.arches(), target.arch->docker_name)) return true;
  if (!excludes.has_min_kernel()) return false;
  return IsKernelAtLeast(target, excludes.min_kernel());
}

absl::StatusOr<Condition> MakeCondition(const SeccompArg& arg) {
  if (arg.index() >= kMaxArguments) {
    return absl::InvalidArgumentError(absl::StrCat(
        "argument ", arg.index(), ": a system call has six, from 0 to 5"));
  }
  Condition condition;
  condition.index = static_cast<uint8_t>(arg.index());
  CLEAT_ASSIGN_OR_RETURN(condition.op, ParseOperator(arg.op()));
  condition.value = arg.value();
  condition.value_two = arg.value_two();
  return condition;
}

bool RepeatsAnArgument(const std::vector<Condition>& conditions) {
  bool seen[kMaxArguments] = {};
  for (const Condition& condition : conditions) {
    if (seen[condition.index]) return true;
    seen[condition.index] = true;
  }
  return false;
}

// What a rule has after its names: one list of conditions, or several of
// which each makes a rule.
using Alternatives = std::vector<std::vector<Condition>>;

absl::StatusOr<Alternatives> MakeAlternatives(const SeccompSyscall& call) {
  std::vector<Condition> conditions;
  for (const SeccompArg& arg : call.args()) {
    CLEAT_ASSIGN_OR_RETURN(const Condition condition, MakeCondition(arg));
    conditions.push_back(condition);
  }
  if (!RepeatsAnArgument(conditions)) return Alternatives{conditions};
  Alternatives alternatives;
  for (const Condition& condition : conditions) {
    alternatives.push_back({condition});
  }
  return alternatives;
}

// The errno by name wins over that by number.
absl::StatusOr<absl::optional<uint32_t>> ErrnoOf(bool named,
                                                 const std::string& name,
                                                 bool numbered,
                                                 uint32_t number) {
  if (named && !name.empty()) return ParseErrno(name);
  return numbered ? absl::make_optional(number) : absl::nullopt;
}

absl::StatusOr<uint32_t> DefaultAction(const Seccomp& profile) {
  if (profile.default_action().empty()) {
    return absl::InvalidArgumentError("defaultAction: is missing");
  }
  CLEAT_ASSIGN_OR_RETURN(
      const absl::optional<uint32_t> data,
      ErrnoOf(profile.has_default_errno(), profile.default_errno(),
              profile.has_default_errno_ret(), profile.default_errno_ret()));
  return ParseAction(profile.default_action(), data);
}

absl::StatusOr<uint32_t> ActionOf(const SeccompSyscall& call) {
  CLEAT_ASSIGN_OR_RETURN(const absl::optional<uint32_t> data,
                         ErrnoOf(call.has_errno_name(), call.errno_name(),
                                 call.has_errno_ret(), call.errno_ret()));
  return ParseAction(call.action(), data);
}

absl::StatusOr<Names> NamesOf(const SeccompSyscall& call) {
  Names names = call.names();
  if (call.has_name() && !call.name().empty()) *names.Add() = call.name();
  if (names.empty()) {
    return absl::InvalidArgumentError("names: a system call is missing");
  }
  if (names.size() > call.names_size() && !call.names().empty()) {
    return absl::InvalidArgumentError(
        "names: given as well as name, one of which is enough");
  }
  return names;
}

absl::Status AddRules(const SeccompSyscall& call, const Target& target,
                      Filter& filter) {
  CLEAT_ASSIGN_OR_RETURN(const Names names, NamesOf(call));
  CLEAT_ASSIGN_OR_RETURN(const uint32_t action, ActionOf(call));
  CLEAT_ASSIGN_OR_RETURN(const Alternatives alternatives,
                         MakeAlternatives(call));
  CLEAT_ASSIGN_OR_RETURN(const bool excluded,
                         Excluded(call.excludes(), target));
  CLEAT_ASSIGN_OR_RETURN(const bool included,
                         Included(call.includes(), target));
  if (excluded || !included) return absl::OkStatus();
  for (const std::string& name : names) {
    const Syscall* const syscall = FindSyscall(name);
    if (syscall == nullptr) continue;
    for (const std::vector<Condition>& conditions : alternatives) {
      filter.rules.push_back({syscall, action, conditions});
    }
  }
  return absl::OkStatus();
}

absl::Status AddArch(const std::string& name, Filter& filter) {
  if (!IsArchName(name)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "architecture '", name, "': no such one (as SCMP_ARCH_X86_64)"));
  }
  const Arch* const arch = FindArch(name);
  const auto& known = filter.arches;
  const bool add = arch != nullptr &&
                   std::find(known.begin(), known.end(), arch) == known.end();
  if (add) filter.arches.push_back(arch);
  return absl::OkStatus();
}

// Those listed, or those that Docker's map has for this machine's.
absl::Status AddArches(const Seccomp& profile, const Target& target,
                       Filter& filter) {
  if (!profile.architectures().empty() && !profile.arch_map().empty()) {
    return absl::InvalidArgumentError(
        "architectures: given as well as archMap, one of which is enough");
  }
  filter.arches = {target.arch};
  for (const std::string& name : profile.architectures()) {
    CLEAT_RETURN_IF_ERROR(AddArch(name, filter));
  }
  for (const proto::oci::SeccompArchMap& entry : profile.arch_map()) {
    if (entry.architecture() != target.arch->name) continue;
    for (const std::string& name : entry.sub_architectures()) {
      CLEAT_RETURN_IF_ERROR(AddArch(name, filter));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> FlagsOf(const Seccomp& profile) {
  // runc's default, and the kernel's own since 5.16: no mitigation that slows
  // all of a program down for the sake of its filter.
  if (profile.flags().empty()) return SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  uint32_t flags = 0;
  for (const std::string& name : profile.flags()) {
    CLEAT_ASSIGN_OR_RETURN(const uint32_t flag, ParseFlag(name));
    flags |= flag;
  }
  return flags;
}

// All but the rules.
absl::Status AddHead(const Seccomp& profile, const Target& target,
                     Filter& filter) {
  CLEAT_ASSIGN_OR_RETURN(filter.default_action, DefaultAction(profile));
  CLEAT_ASSIGN_OR_RETURN(filter.flags, FlagsOf(profile));
  return AddArches(profile, target, filter);
}

bool Notifies(uint32_t action) { return action == SECCOMP_RET_USER_NOTIF; }

absl::Status CheckNoListener(const Seccomp& profile, const Filter& filter) {
  const bool notifies =
      Notifies(filter.default_action) ||
      std::any_of(filter.rules.begin(), filter.rules.end(),
                  [](const Rule& rule) { return Notifies(rule.action); });
  if (!notifies && profile.listener_path().empty()) return absl::OkStatus();
  return absl::UnimplementedError(
      "SCMP_ACT_NOTIFY and listenerPath: listeners are not supported yet");
}

absl::Status InProfile(const absl::Status& status, absl::string_view where) {
  return absl::Status(status.code(), absl::StrCat("seccomp profile: ", where,
                                                  status.message()));
}

}  // namespace

absl::StatusOr<Target> ThisMachine(sys::CapabilitySet capabilities) {
  Target target;
  target.capabilities = capabilities;
  struct utsname names;
  if (uname(&names) != 0)
    return sys::ErrnoError("ask for the kernel's version");
  if (ParseKernel(names.release, target.kernel)) return target;
  return absl::InternalError(
      absl::StrCat("kernel release '", names.release, "': is no MAJOR.MINOR"));
}

absl::StatusOr<Seccomp> ParseProfile(absl::string_view json) {
  Seccomp profile;
  CLEAT_RETURN_IF_ERROR(pb::ParseJson(json, "seccomp profile", &profile));
  return profile;
}

absl::StatusOr<Filter> Resolve(const Seccomp& profile, const Target& target) {
  Filter filter;
  const absl::Status head = AddHead(profile, target, filter);
  if (!head.ok()) return InProfile(head, "");
  for (int i = 0; i < profile.syscalls_size(); ++i) {
    const absl::Status added = AddRules(profile.syscalls(i), target, filter);
    if (!added.ok()) {
      return InProfile(added, absl::StrCat("syscalls[", i, "]: "));
    }
  }
  CLEAT_RETURN_IF_ERROR(CheckNoListener(profile, filter));
  return filter;
}

}  // namespace cleat::seccomp
