#include "lib/runtime/namespace_mode.h"

#include <fcntl.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/runtime/defaults.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// "TYPE" for a new one, "TYPE=PATH" for one that is joined.
std::vector<std::string> Namespaces(const proto::oci::Spec& spec) {
  std::vector<std::string> result;
  for (const auto& entry : spec.linux().namespaces()) {
    result.push_back(entry.has_path()
                         ? absl::StrCat(entry.type(), "=", entry.path())
                         : entry.type());
  }
  return result;
}

ns::OpenedNamespace OpenOwn(absl::string_view kind) {
  const ns::Kind& found = *ns::FindKind(kind);
  const std::string path = absl::StrCat("/proc/self/ns/", found.file);
  return {&found, *sys::Open(path, O_RDONLY), path};
}

TEST(NamespaceModeTest, TheHostsAreNotMade) {
  proto::oci::Spec spec = DefaultSpec();
  proto::NamespacesSpec modes;
  modes.set_pid("host");
  modes.set_uts("host");
  modes.set_ipc("private");
  ASSERT_TRUE(SetNamespaceModes(modes, &spec).ok());
  EXPECT_THAT(Namespaces(spec),
              UnorderedElementsAre("mount", "ipc", "network", "cgroup"));
}

TEST(NamespaceModeTest, AnotherModeIsRefusedByItsName) {
  proto::oci::Spec spec = DefaultSpec();
  proto::NamespacesSpec modes;
  modes.set_cgroupns("web");
  const absl::Status status = SetNamespaceModes(modes, &spec);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(status.message(), HasSubstr("--cgroupns 'web': give private"));
}

TEST(NamespaceModeTest, WhatIsSharedIsJoinedByItsDescriptor) {
  proto::oci::Spec spec = DefaultSpec();
  std::vector<ns::OpenedNamespace> joined;
  for (const char* kind : {"net", "time", "user"}) {
    joined.push_back(OpenOwn(kind));
  }
  ASSERT_TRUE(UseNamespaces(joined, &spec).ok());
  EXPECT_THAT(Namespaces(spec),
              UnorderedElementsAre(
                  "mount", "ipc", "pid", "uts", "cgroup",
                  absl::StrCat("network=/proc/self/fd/", joined[0].fd.get()),
                  absl::StrCat("time=/proc/self/fd/", joined[1].fd.get())));
  for (const auto& [name, value] : spec.linux().sysctl()) {
    EXPECT_THAT(name, Not(HasSubstr("net.")));
  }
}

TEST(NamespaceModeTest, WhatIsSharedIsNotTheHostsToo) {
  proto::oci::Spec spec = DefaultSpec();
  proto::NamespacesSpec modes;
  modes.set_ipc("host");
  ASSERT_TRUE(SetNamespaceModes(modes, &spec).ok());
  std::vector<ns::OpenedNamespace> joined;
  joined.push_back(OpenOwn("ipc"));
  const absl::Status status = UseNamespaces(joined, &spec);
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(status.message(), HasSubstr("the options ask for another one"));
}

}  // namespace
}  // namespace cleat::runtime
