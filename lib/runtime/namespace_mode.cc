#include "lib/runtime/namespace_mode.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/runtime/network_mode.h"

namespace cleat::runtime {
namespace {

using Modes = proto::NamespacesSpec;
using OciNamespaces = google::protobuf::RepeatedPtrField<proto::oci::Namespace>;

struct Mode {
  const char* flag;
  absl::string_view oci_type;
  const std::string& (Modes::*value)() const;
};
constexpr Mode kModes[] = {
    {"pid", "pid", &Modes::pid},
    {"ipc", "ipc", &Modes::ipc},
    {"uts", "uts", &Modes::uts},
    {"cgroupns", "cgroup", &Modes::cgroupns},
};

OciNamespaces::iterator Find(OciNamespaces& namespaces,
                             absl::string_view type) {
  return std::find_if(namespaces.begin(), namespaces.end(),
                      [&](const auto& entry) { return entry.type() == type; });
}

// In a network that is not the container's own it sets no kernel parameters.
absl::Status JoinNetwork(const std::string& path, proto::oci::Spec* spec) {
  proto::NetworkSpec network;
  network.set_network(absl::StrCat("ns:", path));
  return SetNetworkMode(network, spec);
}

absl::Status Join(const ns::OpenedNamespace& one, proto::oci::Spec* spec) {
  const ns::Kind& kind = *one.kind;
  OciNamespaces& namespaces = *spec->mutable_linux()->mutable_namespaces();
  const auto found = Find(namespaces, kind.oci_name);
  // A container has no time namespace by itself.
  const bool own = found == namespaces.end() ? kind.flag == CLONE_NEWTIME
                                             : !found->has_path();
  if (!own) {
    return absl::FailedPreconditionError(
        absl::StrCat(kind.name, " namespace ", one.name,
                     ": the options ask for another one"));
  }
  const std::string path = absl::StrCat("/proc/self/fd/", one.fd.get());
  if (kind.flag == CLONE_NEWNET) return JoinNetwork(path, spec);
  proto::oci::Namespace& entry =
      found == namespaces.end() ? *namespaces.Add() : *found;
  entry.set_type(std::string(kind.oci_name));
  entry.set_path(path);
  return absl::OkStatus();
}

}  // namespace

absl::Status SetNamespaceModes(const Modes& modes, proto::oci::Spec* spec) {
  OciNamespaces& namespaces = *spec->mutable_linux()->mutable_namespaces();
  for (const Mode& mode : kModes) {
    const std::string& value = (modes.*mode.value)();
    if (value.empty() || value == "private") continue;
    if (value != "host") {
      return absl::InvalidArgumentError(
          absl::StrCat("--", mode.flag, " '", value,
                       "': give private or host (ns-join shares another's)"));
    }
    const auto found = Find(namespaces, mode.oci_type);
    if (found != namespaces.end()) namespaces.erase(found);
  }
  return absl::OkStatus();
}

absl::Status UseNamespaces(const std::vector<ns::OpenedNamespace>& joined,
                           proto::oci::Spec* spec) {
  for (const ns::OpenedNamespace& one : joined) {
    if (one.kind->flag == CLONE_NEWUSER) continue;
    CLEAT_RETURN_IF_ERROR(Join(one, spec));
  }
  return absl::OkStatus();
}

}  // namespace cleat::runtime
