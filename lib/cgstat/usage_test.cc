#include "lib/cgstat/usage.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/cgroup/machine.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgstat {
namespace {

using ::testing::ElementsAre;

Usage Make(const std::string& path, int64_t cpu_us, int64_t memory) {
  Usage usage;
  usage.stat.set_path(path);
  if (cpu_us >= 0) usage.stat.mutable_cpu()->set_usage_us(cpu_us);
  if (memory >= 0) usage.stat.mutable_memory()->set_current_bytes(memory);
  return usage;
}

std::vector<std::string> Sorted(UsageOrder order, std::vector<Usage> usages) {
  SortUsages(order, &usages);
  std::vector<std::string> paths;
  for (const Usage& usage : usages) paths.push_back(usage.stat.path());
  return paths;
}

std::vector<std::string> Row(const Usage& usage) {
  std::vector<std::string> cells;
  for (const UsageColumn& column : UsageColumns()) {
    cells.push_back(column.text(usage));
  }
  return cells;
}

TEST(UsageTest, GreatestComesFirstAndTheUnknownLast) {
  const std::vector<Usage> usages = {Make("/a", 1, 30), Make("/b", -1, 10),
                                     Make("/c", 2, -1)};
  EXPECT_THAT(Sorted(*ParseUsageOrder("cpu"), usages),
              ElementsAre("/c", "/a", "/b"));
  EXPECT_THAT(Sorted(*ParseUsageOrder("memory"), usages),
              ElementsAre("/a", "/b", "/c"));
  EXPECT_THAT(Sorted(*ParseUsageOrder("io"), usages),
              ElementsAre("/a", "/b", "/c"));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseUsageOrder("net").status()));
}

TEST(UsageTest, CellsAreForPeople) {
  Usage usage = Make("/cleat-" + std::string(64, 'a'), 1500000, 4096);
  usage.cpu_percent = 12.34;
  EXPECT_THAT(Row(usage), ElementsAre("/cleat-aaaaaaaaaaaa", "12.3", "1.50s",
                                      "4KiB", "-", "-", "-", "-"));
  usage.stat.set_container("web");
  usage.stat.add_io()->set_read_bytes(1024);
  usage.stat.add_io()->set_read_bytes(1024);
  usage.stat.mutable_pids()->set_current(7);
  usage.stat.mutable_memory()->set_limit_bytes(1 << 20);
  EXPECT_THAT(Row(usage), ElementsAre("web", "12.3", "1.50s", "4KiB", "1MiB",
                                      "7", "2KiB", "0B"));
  EXPECT_THAT(Row(Make("/a", -1, -1)),
              ElementsAre("/a", "-", "-", "-", "-", "-", "-", "-"));
}

TEST(UsageTest, PercentIsOfTheTimeBetween) {
  testing::FakeCgroup fake;
  fake.AddUnified("memory");
  const auto machine = cgroup::FindMachine(fake.root());
  std::vector<Group> groups;
  for (int i = 0; i < 100; ++i) {
    const std::string name = absl::StrCat("g", i);
    fake.AddGroup(name);
    fake.Write(name + "/cpu.stat", "usage_usec 1000\n");
    groups.push_back(*FindGroup(*machine, name));
  }
  const StatReader reader(UsageFields(), fake.root());
  UsageReader usages(reader);
  EXPECT_EQ(usages.Read(groups)->at(7).cpu_percent, absl::nullopt);
  EXPECT_EQ(usages.Read(groups)->at(7).cpu_percent, 0);
  fake.Write("g7/cpu.stat", "usage_usec 2000\n");
  const auto third = usages.Read(groups);
  EXPECT_EQ(third->at(7).stat.path(), "/g7");
  EXPECT_GT(third->at(7).cpu_percent, 0);
  EXPECT_EQ(third->at(8).cpu_percent, 0);
  // A group of the same name that was made anew.
  fake.Write("g7/cpu.stat", "usage_usec 5\n");
  EXPECT_EQ(usages.Read(groups)->at(7).cpu_percent, absl::nullopt);
}

TEST(UsageTest, GroupsThatVanishAreLeftOut) {
  testing::FakeCgroup fake;
  fake.AddUnified("memory");
  fake.AddGroup("a");
  fake.AddGroup("b");
  const auto machine = cgroup::FindMachine(fake.root());
  const std::vector<Group> groups = {*FindGroup(*machine, "/a"),
                                     *FindGroup(*machine, "/b")};
  ASSERT_EQ(rmdir(fake.Path("a").c_str()), 0);
  const StatReader reader({}, fake.root());
  const auto usages = UsageReader(reader).Read(groups);
  ASSERT_TRUE(usages.ok()) << usages.status();
  ASSERT_EQ(usages->size(), 1u);
  EXPECT_EQ(usages->at(0).stat.path(), "/b");
}

}  // namespace
}  // namespace cleat::cgstat
