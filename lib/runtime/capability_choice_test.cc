#include "lib/runtime/capability_choice.h"

#include <linux/capability.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::runtime {
namespace {

using ::testing::HasSubstr;
using Names = std::vector<std::string>;

constexpr sys::CapabilitySet Bit(int number) { return uint64_t{1} << number; }

constexpr sys::CapabilitySet kDefaults = Bit(CAP_CHOWN) | Bit(CAP_KILL);
constexpr sys::CapabilitySet kAvailable =
    kDefaults | Bit(CAP_SYS_ADMIN) | Bit(CAP_NET_ADMIN);

absl::StatusOr<sys::CapabilitySet> Choose(const Names& add, const Names& drop,
                                          bool privileged = false) {
  proto::ProcessSpec process;
  for (const std::string& name : add) process.add_cap_add(name);
  for (const std::string& name : drop) process.add_cap_drop(name);
  process.set_privileged(privileged);
  return ChooseCapabilities(process, kDefaults, kAvailable);
}

TEST(CapabilityChoiceTest, AddedAndDroppedChangeTheDefaults) {
  EXPECT_EQ(*Choose({}, {}), kDefaults);
  EXPECT_EQ(*Choose({"NET_ADMIN"}, {}), kDefaults | Bit(CAP_NET_ADMIN));
  EXPECT_EQ(*Choose({}, {"cap_kill"}), Bit(CAP_CHOWN));
  EXPECT_EQ(*Choose({"CAP_KILL"}, {"kill"}), kDefaults);
}

TEST(CapabilityChoiceTest, AllIsWhatIsAvailable) {
  EXPECT_EQ(*Choose({"ALL"}, {}), kAvailable);
  EXPECT_EQ(*Choose({"all"}, {"KILL"}), kAvailable & ~Bit(CAP_KILL));
  EXPECT_EQ(*Choose({}, {"ALL"}), 0);
  EXPECT_EQ(*Choose({"SYS_ADMIN"}, {"ALL"}), Bit(CAP_SYS_ADMIN));
  EXPECT_EQ(*Choose({"ALL"}, {"ALL"}), kAvailable);
}

TEST(CapabilityChoiceTest, PrivilegedHasAll) {
  EXPECT_EQ(*Choose({}, {"ALL"}, true), kAvailable);
}

TEST(CapabilityChoiceTest, WhatCannotBeHadIsNamed) {
  EXPECT_TRUE(absl::IsInvalidArgument(Choose({"BOGUS"}, {}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Choose({}, {"BOGUS"}).status()));
  const absl::Status missing = Choose({"SYS_BOOT"}, {}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(missing));
  EXPECT_THAT(std::string(missing.message()), HasSubstr("CAP_SYS_BOOT"));
}

}  // namespace
}  // namespace cleat::runtime
