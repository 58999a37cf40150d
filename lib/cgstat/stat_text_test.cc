#include "lib/cgstat/stat_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::cgstat {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(StatTextTest, NamesLeaveTheUnitToTheValue) {
  proto::CgroupStat stat;
  stat.set_path("/a");
  stat.mutable_cpu()->set_usage_us(1500000);
  stat.mutable_memory()->set_anon_bytes(3 << 20);
  stat.mutable_memory()->set_oom_kills(0);
  stat.mutable_pressure()->mutable_io()->mutable_some()->set_avg10_basis_points(
      150);
  auto* io = stat.add_io();
  io->set_device("8:0");
  io->set_read_bytes(512);
  io->set_name("sda");
  stat.add_io()->set_device("7:1");
  stat.mutable_io(1)->set_reads(2);
  EXPECT_THAT(
      DescribeStat(stat),
      ElementsAre(Pair("cpu.usage", "1.5s"), Pair("memory.anon", "3MiB"),
                  Pair("memory.oom_kills", "0"), Pair("io.sda.read", "512B"),
                  Pair("io.7:1.reads", "2"),
                  Pair("pressure.io.some.avg10", "1.50%")));
}

TEST(StatTextTest, WhatOneLacksIsADash) {
  EXPECT_THAT(
      JoinStatLines({{{"a", "1"}, {"c", "2"}}, {{"a", "3"}, {"b", "4"}}}),
      ElementsAre(ElementsAre("a", "1", "3"), ElementsAre("b", "-", "4"),
                  ElementsAre("c", "2", "-")));
}

}  // namespace
}  // namespace cleat::cgstat
