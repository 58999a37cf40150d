#include "lib/ns/map_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/ns/id_map.h"

namespace cleat::ns {
namespace {

using ::testing::HasSubstr;

IdMaps Maps(const std::vector<std::string>& options,
            absl::string_view setgroups = "") {
  const absl::StatusOr<IdMaps> maps = ParseMapOptions(options, setgroups);
  EXPECT_TRUE(maps.ok()) << maps.status();
  return maps.value_or(IdMaps());
}

std::string ErrorOf(const std::vector<std::string>& options,
                    absl::string_view setgroups = "") {
  return std::string(ParseMapOptions(options, setgroups).status().message());
}

std::string OwnUser(uint32_t inside) {
  return absl::StrCat(inside, " ", geteuid(), " 1\n");
}

std::string OwnGroup(uint32_t inside) {
  return absl::StrCat(inside, " ", getegid(), " 1\n");
}

TEST(ParseMapOptionsTest, WithoutOptionsNothingIsMapped) {
  const IdMaps maps = Maps({});
  EXPECT_TRUE(maps.users.empty() && maps.groups.empty());
  EXPECT_EQ(maps.setgroups, SetGroups::kUnchanged);
}

TEST(ParseMapOptionsTest, RootDeniesSetGroups) {
  const IdMaps maps = Maps({"map-root-user=true"});
  EXPECT_EQ(FormatIdMap(maps.users), OwnUser(0));
  EXPECT_EQ(FormatIdMap(maps.groups), OwnGroup(0));
  EXPECT_EQ(maps.setgroups, SetGroups::kDeny);
}

TEST(ParseMapOptionsTest, TheLastOfTheOwnIdCounts) {
  const IdMaps maps = Maps({"map-user=3", "map-current-user=true",
                            "map-group=7", "map-root-user=false"});
  EXPECT_EQ(FormatIdMap(maps.users), OwnUser(geteuid()));
  EXPECT_EQ(FormatIdMap(maps.groups), OwnGroup(7));
}

TEST(ParseMapOptionsTest, RangesAddUp) {
  const IdMaps maps = Maps(
      {"map-groups=0:4000000:10", "map-groups=20:5000000:5", "map-group=3"});
  EXPECT_TRUE(maps.users.empty());
  EXPECT_EQ(
      FormatIdMap(maps.groups),
      absl::StrCat(OwnGroup(3), "0 4000000 3\n4 4000003 6\n20 5000000 5\n"));
  EXPECT_EQ(maps.setgroups, SetGroups::kUnchanged);
}

TEST(ParseMapOptionsTest, AllIsWhatTheNamespaceHas) {
  const auto own = procfs::ReadIdMap("uid_map");
  ASSERT_TRUE(own.ok()) << own.status();
  const IdMaps maps = Maps({"map-users=all"});
  ASSERT_EQ(maps.users.size(), own->size());
  for (size_t i = 0; i < own->size(); ++i) {
    EXPECT_EQ(maps.users[i].inside, (*own)[i].inside);
    EXPECT_EQ(maps.users[i].outside, (*own)[i].inside);
    EXPECT_EQ(maps.users[i].count, (*own)[i].count);
  }
}

TEST(ParseMapOptionsTest, SetGroups) {
  EXPECT_EQ(Maps({}, "deny").setgroups, SetGroups::kDeny);
  EXPECT_EQ(Maps({"map-groups=0:1:1"}, "allow").setgroups, SetGroups::kAllow);
  EXPECT_THAT(ErrorOf({"map-root-user=true"}, "allow"),
              HasSubstr("mutually exclusive"));
  EXPECT_THAT(ErrorOf({}, "perhaps"), HasSubstr("'perhaps' (allow or deny)"));
}

TEST(ParseMapOptionsTest, ErrorsNameTheOption) {
  EXPECT_EQ(ErrorOf({"map-users=1-2"}),
            "--map-users: '1-2' is no INSIDE:OUTSIDE:COUNT");
  EXPECT_EQ(ErrorOf({"map-user=no such user"}),
            "--map-user: no user 'no such user'");
  EXPECT_EQ(ErrorOf({"map-group=no such group"}),
            "--map-group: no group 'no such group'");
}

}  // namespace
}  // namespace cleat::ns
