#include "lib/net/ip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace cleat::net {
namespace {

using ::testing::HasSubstr;

std::string Again(const std::string& text) {
  const auto ip = Ip::Parse(text);
  return ip.ok() ? ip->ToString() : std::string(ip.status().message());
}

TEST(IpTest, PrintsWhatItParsed) {
  EXPECT_EQ(Again("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(Again("10.0.0.1/24"), "10.0.0.1/24");
  EXPECT_EQ(Again("fd00:0::1/64"), "fd00::1/64");
  EXPECT_EQ(Again("0.0.0.0/0"), "0.0.0.0/0");
}

TEST(IpTest, KnowsTheFamilyAndTheLength) {
  EXPECT_EQ(Ip::Parse("10.0.0.1")->family, AF_INET);
  EXPECT_EQ(Ip::Parse("::1")->prefix_length, 128);
  EXPECT_TRUE(Ip::Parse("10.0.0.1/32")->IsHost());
  EXPECT_FALSE(Ip::Parse("10.0.0.1/31")->IsHost());
}

TEST(IpTest, NamesWhatIsNoAddress) {
  for (const char* text : {"", "web", "10.0.0", "10.0.0.1/33", "10.0.0.1/",
                           "10.0.0.1/-1", "fd00::1/129", "10.0.0.1/24/24"}) {
    EXPECT_THAT(Again(text), HasSubstr(": no address")) << text;
  }
}

}  // namespace
}  // namespace cleat::net
