#include "lib/procfs/stat.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::procfs {
namespace {

using ::testing::HasSubstr;

// A line of Linux 6.1 with another name put in.
std::string LineOf(absl::string_view comm) {
  return absl::StrCat(
      "812 (", comm,
      ") S 1 810 809 0 -1 4194560 931 12 2 0 7 3 1 0 20 0 4 0 5507 8110080 "
      "1034 18446744073709551615 1 1 0 0 0 0 0 4096 536946215 0 0 0 17 1 0 0 "
      "0 0 0 0 0 0 0 0 0 0 0\n");
}

TEST(ParseStatTest, TakesEachFieldFromItsPlace) {
  const absl::StatusOr<Stat> stat = ParseStat(LineOf("sleep"));
  ASSERT_TRUE(stat.ok()) << stat.status();
  EXPECT_EQ(stat->pid, 812);
  EXPECT_EQ(stat->comm, "sleep");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->ppid, 1);
  EXPECT_EQ(stat->process_group, 810);
  EXPECT_EQ(stat->session, 809);
  EXPECT_EQ(stat->user_ticks, 7);
  EXPECT_EQ(stat->system_ticks, 3);
  EXPECT_EQ(stat->threads, 4);
  EXPECT_EQ(stat->start_time, 5507);
}

TEST(ParseStatTest, NameMayLookLikeTheFieldsAfterIt) {
  for (const char* comm : {"a b", ") Z 1 (", "((", "))", "", "x)\ny"}) {
    const absl::StatusOr<Stat> stat = ParseStat(LineOf(comm));
    ASSERT_TRUE(stat.ok()) << comm << stat.status();
    EXPECT_EQ(stat->comm, comm);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->start_time, 5507);
  }
}

TEST(ParseStatTest, WrongFieldIsNamed) {
  EXPECT_THAT(ParseStat("").status().message(), HasSubstr("no name"));
  EXPECT_THAT(ParseStat("1 (").status().message(), HasSubstr("no name"));
  EXPECT_THAT(ParseStat("1 (a) S 1 2").status().message(),
              HasSubstr("fewer than 22 fields"));
  EXPECT_THAT(ParseStat("x (a) S 1 2").status().message(),
              HasSubstr("field 1 is no number"));
  EXPECT_THAT(ParseStat("1 (a) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 -5 0 0")
                  .status()
                  .message(),
              HasSubstr("field 22 is no number"));
}

TEST(ReadStatTest, OwnProcessIsFound) {
  const absl::StatusOr<Stat> stat = ReadStat(getpid());
  ASSERT_TRUE(stat.ok()) << stat.status();
  EXPECT_EQ(stat->pid, getpid());
  EXPECT_EQ(stat->ppid, getppid());
  EXPECT_EQ(stat->comm, "stat_test");
}

TEST(ReadStatTest, AbsentProcessIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(ReadStat(1 << 30).status()));
}

}  // namespace
}  // namespace cleat::procfs
