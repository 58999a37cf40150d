#include "lib/sys/signal.h"

#include <signal.h>

#include "gtest/gtest.h"

namespace cleat::sys {
namespace {

TEST(SignalTest, NameWithAndWithoutPrefixAndNumberAreTheSame) {
  EXPECT_EQ(*SignalNumber("TERM"), SIGTERM);
  EXPECT_EQ(*SignalNumber("SIGTERM"), SIGTERM);
  EXPECT_EQ(*SignalNumber("sigterm"), SIGTERM);
  EXPECT_EQ(*SignalNumber("15"), SIGTERM);
}

TEST(SignalTest, RealTimeSignalsAreNamedFromBothEnds) {
  EXPECT_EQ(*SignalNumber("RTMIN+3"), SIGRTMIN + 3);
  EXPECT_EQ(*SignalNumber("SIGRTMAX-1"), SIGRTMAX - 1);
  EXPECT_EQ(*SignalNumber("RTMIN"), SIGRTMIN);
}

TEST(SignalTest, WhatIsNoSignalIsRefused) {
  for (const char* name : {"", "0", "-1", "65", "TERMX", "SIG", "RTMAX+1"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(SignalNumber(name).status())) << name;
  }
}

TEST(SignalTest, EveryNumberSurvivesItsName) {
  for (int number = 1; number <= SIGRTMAX; ++number) {
    EXPECT_EQ(*SignalNumber(SignalName(number)), number);
  }
}

}  // namespace
}  // namespace cleat::sys
