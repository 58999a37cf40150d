#include "lib/runtime/sysctl.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cleat::runtime {
namespace {

struct Owner {
  // A name, or the beginning of one that ends in a dot.
  absl::string_view name;
  // The OCI name of the namespace that has values of its own.
  absl::string_view type;
};

// namespaces(7) and those of each kind.
constexpr Owner kOwners[] = {
    {"net.", "network"},          {"fs.mqueue.", "ipc"},
    {"kernel.msgmax", "ipc"},     {"kernel.msgmnb", "ipc"},
    {"kernel.msgmni", "ipc"},     {"kernel.sem", "ipc"},
    {"kernel.shmall", "ipc"},     {"kernel.shmmax", "ipc"},
    {"kernel.shmmni", "ipc"},     {"kernel.shm_rmid_forced", "ipc"},
    {"kernel.domainname", "uts"}, {"user.", "user"},
};

absl::string_view OwnerOf(absl::string_view name) {
  for (const Owner& owner : kOwners) {
    const bool prefix = absl::EndsWith(owner.name, ".");
    if (prefix ? absl::StartsWith(name, owner.name) : name == owner.name) {
      return owner.type;
    }
  }
  return "";
}

bool Has(const proto::oci::Linux& parts, absl::string_view type) {
  for (const proto::oci::Namespace& entry : parts.namespaces()) {
    if (entry.type() == type) return true;
  }
  return false;
}

}  // namespace

absl::Status CheckSysctl(absl::string_view name,
                         const proto::oci::Linux& parts) {
  if (name == "kernel.hostname") {
    return absl::InvalidArgumentError(
        "sysctl 'kernel.hostname': give it as the host name");
  }
  const absl::string_view type = OwnerOf(name);
  if (type.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("sysctl '", name,
                     "': belongs to the whole machine, not to a namespace; "
                     "set it there, with sysctl(8)"));
  }
  if (Has(parts, type)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("sysctl '", name, "': needs a ", type,
                   " namespace of the container's own"));
}

absl::Status AddSysctl(const std::string& assignment,
                       proto::oci::Linux* parts) {
  const size_t equals = assignment.find('=');
  if (equals == 0 || equals == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("--sysctl '", assignment, "': give NAME=VALUE"));
  }
  (*parts->mutable_sysctl())[assignment.substr(0, equals)] =
      assignment.substr(equals + 1);
  return absl::OkStatus();
}

}  // namespace cleat::runtime
