#include "lib/runtime/network_mode.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/runtime/defaults.h"

namespace cleat::runtime {
namespace {

bool IsNetwork(const proto::oci::Namespace& entry) {
  return entry.type() == "network";
}

// Those that every container has by default: what a user asks for is his word.
void RemoveDefaultSysctls(proto::oci::Linux* parts) {
  const proto::oci::Spec defaults = DefaultSpec();
  for (const auto& [name, value] : defaults.linux().sysctl()) {
    const auto found = parts->mutable_sysctl()->find(name);
    if (!absl::StartsWith(name, "net.") || found == parts->sysctl().end()) {
      continue;
    }
    if (found->second == value) parts->mutable_sysctl()->erase(found);
  }
}

}  // namespace

absl::Status SetNetworkMode(const proto::NetworkSpec& network,
                            proto::oci::Spec* spec) {
  absl::string_view mode = network.network();
  if (mode.empty() || mode == "none") return absl::OkStatus();
  const bool join = absl::ConsumePrefix(&mode, "ns:");
  if (join ? !absl::StartsWith(mode, "/") : mode != "host") {
    return absl::InvalidArgumentError(
        absl::StrCat("--network '", network.network(),
                     "': give none, host or ns:PATH with an absolute path"));
  }
  RemoveDefaultSysctls(spec->mutable_linux());
  auto& namespaces = *spec->mutable_linux()->mutable_namespaces();
  namespaces.erase(
      std::remove_if(namespaces.begin(), namespaces.end(), IsNetwork),
      namespaces.end());
  if (!join) return absl::OkStatus();
  proto::oci::Namespace& joined = *namespaces.Add();
  joined.set_type("network");
  joined.set_path(std::string(mode));
  return absl::OkStatus();
}

}  // namespace cleat::runtime
