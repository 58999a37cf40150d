#include "lib/runtime/security_options.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/seccomp/profile.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

constexpr size_t kMaxProfile = size_t{1} << 20;
constexpr char kUnconfined[] = "unconfined";

absl::Status SetSeccomp(absl::string_view value, SecurityOptions& options) {
  if (value.empty()) return absl::InvalidArgumentError("give a file");
  options.seccomp = std::string(value);
  return absl::OkStatus();
}

absl::Status SetNoNewPrivileges(absl::string_view value,
                                SecurityOptions& options) {
  options.no_new_privileges = true;
  if (value.empty() || absl::SimpleAtob(value, &options.no_new_privileges)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("give true or false");
}

absl::Status SetSystemPaths(absl::string_view value, SecurityOptions& options) {
  if (value != kUnconfined) {
    return absl::InvalidArgumentError("only 'unconfined' is possible");
  }
  options.show_system_paths = true;
  return absl::OkStatus();
}

bool HasAppArmor() {
  const auto enabled =
      sys::ReadFile("/sys/module/apparmor/parameters/enabled", 64);
  return enabled.ok() && absl::StartsWith(*enabled, "Y");
}

absl::Status SetAppArmor(absl::string_view value, SecurityOptions& options) {
  options.apparmor.clear();
  if (value == kUnconfined) return absl::OkStatus();
  if (value.empty()) return absl::InvalidArgumentError("give a profile");
  if (!HasAppArmor()) {
    return absl::UnimplementedError("this kernel runs without AppArmor");
  }
  options.apparmor = std::string(value);
  return absl::OkStatus();
}

absl::Status SetLabel(absl::string_view value, SecurityOptions&) {
  if (value == "disable") return absl::OkStatus();
  if (!sys::Exists("/sys/fs/selinux/enforce")) {
    return absl::UnimplementedError("this kernel runs without SELinux");
  }
  return absl::UnimplementedError("SELinux labels are not supported");
}

struct Known {
  absl::string_view key;
  absl::Status (*set)(absl::string_view value, SecurityOptions& options);
};

constexpr Known kKnown[] = {
    {"seccomp", &SetSeccomp},
    {"no-new-privileges", &SetNoNewPrivileges},
    {"systempaths", &SetSystemPaths},
    {"apparmor", &SetAppArmor},
    {"label", &SetLabel},
};

absl::Status ParseOne(absl::string_view option, SecurityOptions& options) {
  const size_t separator = option.find_first_of("=:");
  const absl::string_view key = option.substr(0, separator);
  const absl::string_view value =
      separator == absl::string_view::npos ? "" : option.substr(separator + 1);
  for (const Known& known : kKnown) {
    if (known.key == key) return known.set(value, options);
  }
  return absl::InvalidArgumentError(
      "give seccomp=FILE|unconfined, no-new-privileges, "
      "systempaths=unconfined, apparmor=PROFILE or label=disable");
}

absl::StatusOr<proto::oci::Seccomp> ReadProfile(const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(const std::string json,
                         sys::ReadFile(path, kMaxProfile));
  absl::StatusOr<proto::oci::Seccomp> profile = seccomp::ParseProfile(json);
  if (profile.ok()) return profile;
  return absl::Status(profile.status().code(),
                      absl::StrCat(path, ": ", profile.status().message()));
}

absl::Status ApplySeccomp(const std::string& value, bool privileged,
                          proto::oci::Linux* parts) {
  const bool none = value.empty() ? privileged : value == kUnconfined;
  if (none) {
    parts->clear_seccomp();
  } else if (!value.empty() && value != "builtin") {
    CLEAT_ASSIGN_OR_RETURN(*parts->mutable_seccomp(), ReadProfile(value));
  }
  return absl::OkStatus();
}

// /sys and the cgroups, which only the privileged may write to.
void MakeSystemWritable(proto::oci::Spec* spec) {
  for (proto::oci::Mount& mount : *spec->mutable_mounts()) {
    if (mount.type() != "sysfs" && mount.type() != "cgroup") continue;
    auto& options = *mount.mutable_options();
    options.erase(std::remove(options.begin(), options.end(), "ro"),
                  options.end());
  }
}

}  // namespace

absl::StatusOr<SecurityOptions> ParseSecurityOptions(
    const google::protobuf::RepeatedPtrField<std::string>& options) {
  SecurityOptions parsed;
  for (const std::string& option : options) {
    const absl::Status status = ParseOne(option, parsed);
    if (status.ok()) continue;
    return absl::Status(status.code(), absl::StrCat("--security-opt '", option,
                                                    "': ", status.message()));
  }
  return parsed;
}

absl::Status ApplySecurity(const proto::ProcessSpec& process,
                           proto::oci::Spec* spec) {
  CLEAT_ASSIGN_OR_RETURN(const SecurityOptions options,
                         ParseSecurityOptions(process.security_opt()));
  proto::oci::Linux* const parts = spec->mutable_linux();
  CLEAT_RETURN_IF_ERROR(
      ApplySeccomp(options.seccomp, process.privileged(), parts));
  if (process.privileged() || options.show_system_paths) {
    parts->clear_masked_paths();
    parts->clear_readonly_paths();
  }
  if (process.privileged()) MakeSystemWritable(spec);
  spec->mutable_process()->set_no_new_privileges(options.no_new_privileges);
  if (!options.apparmor.empty()) {
    spec->mutable_process()->set_apparmor_profile(options.apparmor);
  }
  return absl::OkStatus();
}

}  // namespace cleat::runtime
