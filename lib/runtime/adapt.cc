#include "lib/runtime/adapt.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace cleat::runtime {
namespace {

bool IsUnmappedGroup(absl::string_view option, const ns::IdMap& groups) {
  uint32_t group;
  return absl::ConsumePrefix(&option, "gid=") &&
         absl::SimpleAtoi(option, &group) &&
         !procfs::MapOut(groups, group).has_value();
}

}  // namespace

void AdaptToUserNamespace(const ns::IdMap& groups, proto::oci::Spec* spec) {
  for (proto::oci::Mount& mount : *spec->mutable_mounts()) {
    if (mount.type() != "devpts") continue;
    auto& options = *mount.mutable_options();
    options.erase(std::remove_if(options.begin(), options.end(),
                                 [&](const std::string& option) {
                                   return IsUnmappedGroup(option, groups);
                                 }),
                  options.end());
  }
  spec->mutable_linux()->mutable_sysctl()->erase("net.ipv4.ping_group_range");
}

}  // namespace cleat::runtime
