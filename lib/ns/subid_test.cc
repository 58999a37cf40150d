#include "lib/ns/subid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/sys/file.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::ns {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "FIRST+COUNT" of each, or the error.
std::vector<std::string> Show(const absl::StatusOr<std::vector<SubIds>>& ids) {
  if (!ids.ok()) return {std::string(ids.status().message())};
  std::vector<std::string> shown;
  for (const SubIds& range : *ids) {
    shown.push_back(absl::StrCat(range.first, "+", range.count));
  }
  return shown;
}

constexpr char kSubIds[] =
    "root:1:2\n"
    "ann:100000:65536\n"
    "# a comment\n"
    "bob:junk\n"
    "1000:300000:10\n"
    "ann:200000:5\n"
    "ann:7:0\n";

TEST(ParseSubIdsTest, FindsRangesByNameAndByNumber) {
  EXPECT_THAT(Show(ParseSubIds(kSubIds, 1000, {"ann"})),
              ElementsAre("100000+65536", "300000+10", "200000+5"));
  EXPECT_THAT(Show(ParseSubIds(kSubIds, 1001, {"ann"})),
              ElementsAre("100000+65536", "200000+5"));
  EXPECT_THAT(Show(ParseSubIds(kSubIds, 1000, {})), ElementsAre("300000+10"));
  EXPECT_THAT(Show(ParseSubIds(kSubIds, 7, {})), IsEmpty());
}

TEST(ParseSubIdsTest, NamesAMalformedLineOfThisUserOnly) {
  EXPECT_THAT(Show(ParseSubIds(kSubIds, 5, {"bob"})),
              ElementsAre("line 'bob:junk' is no OWNER:FIRST:COUNT"));
  EXPECT_THAT(Show(ParseSubIds("u:4294967290:10", 5, {"u"})),
              ElementsAre(HasSubstr("is no OWNER:FIRST:COUNT")));
  EXPECT_THAT(Show(ParseSubIds("u:-1:10", 5, {"u"})),
              ElementsAre(HasSubstr("is no OWNER:FIRST:COUNT")));
  EXPECT_THAT(Show(ParseSubIds("u:1:10:", 5, {"u"})),
              ElementsAre(HasSubstr("is no OWNER:FIRST:COUNT")));
}

TEST(ParseSubIdsTest, AnEmptyNameOwnsNothing) {
  EXPECT_THAT(Show(ParseSubIds("::\n\n", 0, {})), IsEmpty());
}

TEST(NamesOfUserTest, FindsAll) {
  EXPECT_THAT(NamesOfUser("root:x:0:0::/:\nann:x:7:7::/:\n:x:7:7\nbad:x:7\n"
                          "eve:x:7:0::/:",
                          7),
              ElementsAre("ann", "eve"));
}

class ReadSubIdsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sys::MakeDirectories(root_.path() + "/etc").ok());
    Write("passwd", "ann:x:1000:1000::/:\n");
  }
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(
        sys::WriteFileAtomic(absl::StrCat(root_.path(), "/etc/", name), text)
            .ok());
  }
  testing::ScopedTempDir root_;
};

TEST_F(ReadSubIdsTest, ReadsBothFiles) {
  Write("subuid", "ann:1:2\n");
  Write("subgid", "1000:3:4\n");
  EXPECT_THAT(Show(ReadSubIds(IdKind::kUser, 1000, root_.path())),
              ElementsAre("1+2"));
  EXPECT_THAT(Show(ReadSubIds(IdKind::kGroup, 1000, root_.path())),
              ElementsAre("3+4"));
}

TEST_F(ReadSubIdsTest, SaysWhatWouldHelp) {
  const auto none = ReadSubIds(IdKind::kUser, 1000, root_.path());
  EXPECT_TRUE(absl::IsNotFound(none.status()));
  EXPECT_EQ(none.status().message(),
            absl::StrCat(root_.path(), "/etc/subuid gives user ann no ids (a ",
                         "line as ann:100000:65536 would)"));
  Write("subgid", "");
  EXPECT_THAT(Show(ReadSubIds(IdKind::kGroup, 7, root_.path())),
              ElementsAre(HasSubstr("a line as 7:100000:65536 would")));
}

TEST_F(ReadSubIdsTest, NamesTheFileOfAMalformedLine) {
  Write("subuid", "ann:x:y\n");
  EXPECT_THAT(
      Show(ReadSubIds(IdKind::kUser, 1000, root_.path())),
      ElementsAre(HasSubstr("/etc/subuid: line 'ann:x:y' is no OWNER")));
}

}  // namespace
}  // namespace cleat::ns
