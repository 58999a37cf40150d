#include "lib/testing/fake_cgroup.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"

namespace cleat::testing {
namespace {

constexpr char kMount[] = "sys/fs/cgroup";

// "", "/", "a" and "/a/" are all below kMount, without doubled slashes.
std::string Name(absl::string_view file) {
  while (absl::ConsumePrefix(&file, "/")) {
  }
  while (absl::ConsumeSuffix(&file, "/")) {
  }
  return file.empty() ? kMount : absl::StrCat(kMount, "/", file);
}

}  // namespace

void FakeCgroup::AddV1(const std::vector<std::string>& controllers,
                       absl::string_view own, absl::string_view options) {
  const std::string list = absl::StrJoin(controllers, ",");
  AddGroup(absl::StrCat(controllers.front(), own));
  AddMount(absl::StrCat("/", kMount, "/", controllers.front()), "cgroup",
           options, absl::StrCat("rw,xattr,", list));
  ++hierarchies_;
  AddMembership(absl::StrCat(hierarchies_, ":", list), own);
}

void FakeCgroup::AddUnified(absl::string_view controllers, absl::string_view at,
                            absl::string_view own, absl::string_view options) {
  AddGroup(absl::StrCat(at, own));
  Write(absl::StrCat(at, "/cgroup.controllers"),
        absl::StrCat(controllers, "\n"));
  Write(absl::StrCat(at, "/cgroup.subtree_control"), "\n");
  AddMount(absl::StrCat("/", kMount, at), "cgroup2", options, "rw,nsdelegate");
  AddMembership("0:", own);
}

void FakeCgroup::AddGroup(absl::string_view group,
                          const std::vector<std::string>& files) {
  const std::string path = Path(group);
  EXPECT_TRUE(sys::MakeDirectories(path).ok()) << path;
  for (const std::string& file : files) {
    Write(absl::StrCat(group, "/", file), "");
  }
}

std::string FakeCgroup::Path(absl::string_view file) const {
  return dir_.Path(Name(file));
}

std::string FakeCgroup::Read(absl::string_view file) const {
  return dir_.Read(Name(file));
}

void FakeCgroup::Write(absl::string_view file,
                       absl::string_view content) const {
  dir_.Write(Name(file), content);
}

void FakeCgroup::AddMount(absl::string_view target, absl::string_view type,
                          absl::string_view options,
                          absl::string_view super_options) {
  absl::StrAppend(&mountinfo_, 30 + hierarchies_, " 25 0:", 40 + hierarchies_,
                  " / ", target, " ", options, " shared:9 - ", type, " ", type,
                  " ", super_options, "\n");
  dir_.Write("proc/self/mountinfo", mountinfo_);
}

void FakeCgroup::AddMembership(absl::string_view controllers,
                               absl::string_view own) {
  absl::StrAppend(&memberships_, controllers, ":", own, "\n");
  dir_.Write("proc/self/cgroup", memberships_);
}

}  // namespace cleat::testing
