#include "lib/layer/name.h"

#include "gtest/gtest.h"

namespace cleat::layer {
namespace {

TEST(NameTest, NamesAreTakenBelowTheRoot) {
  EXPECT_EQ(*CleanName("etc/passwd"), "etc/passwd");
  EXPECT_EQ(*CleanName("etc/"), "etc");
  EXPECT_EQ(*CleanName("./etc//./passwd"), "etc/passwd");
  EXPECT_EQ(*CleanName("/etc/passwd"), "etc/passwd");
  EXPECT_EQ(*CleanName("usr/../etc"), "etc");
  EXPECT_EQ(*CleanName(".hidden/..file"), ".hidden/..file");
  EXPECT_EQ(*CleanName("."), "");
  EXPECT_EQ(*CleanName("./"), "");
  EXPECT_EQ(*CleanName("/"), "");
}

TEST(NameTest, NamesThatLeadOutAreRefused) {
  for (const char* bad :
       {"..", "../x", "/../x", "a/../../x", "a/b/../../..", "./../x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CleanName(bad).status())) << bad;
  }
}

TEST(NameTest, NamesThatAreNoneAreRefused) {
  EXPECT_FALSE(CleanName("").ok());
  EXPECT_FALSE(CleanName(absl::string_view("a\0b", 3)).ok());
  EXPECT_FALSE(CleanName(std::string(4096, 'a')).ok());
}

TEST(NameTest, LinksThatLeadOut) {
  EXPECT_FALSE(LeadsOut("usr/bin", "../../etc"));
  EXPECT_TRUE(LeadsOut("usr/bin", "../../../etc"));
  EXPECT_TRUE(LeadsOut("", ".."));
  EXPECT_FALSE(LeadsOut("", "/etc/passwd"));
  EXPECT_FALSE(LeadsOut("", "/../etc"));
  EXPECT_FALSE(LeadsOut("a", "..b/..."));
}

TEST(NameTest, Meanings) {
  EXPECT_EQ(MeaningOf("etc/passwd"), Meaning::kEntry);
  EXPECT_EQ(MeaningOf("etc/.wh.passwd"), Meaning::kWhiteout);
  EXPECT_EQ(MeaningOf("etc/.wh..wh..opq"), Meaning::kOpaque);
  EXPECT_EQ(MeaningOf(".wh..wh..opq"), Meaning::kOpaque);
  EXPECT_EQ(MeaningOf(".wh..wh.aufs"), Meaning::kIgnored);
  EXPECT_EQ(MeaningOf(".wh..wh.plnk/1.2"), Meaning::kIgnored);
  EXPECT_EQ(MeaningOf("a/.wh..wh.orph/x"), Meaning::kIgnored);
}

TEST(NameTest, WhiteoutsOfNothingAreRefused) {
  EXPECT_EQ(*WhiteoutTarget(".wh.a"), "a");
  EXPECT_EQ(*WhiteoutTarget(".wh...."), "...");
  EXPECT_FALSE(WhiteoutTarget(".wh.").ok());
  EXPECT_FALSE(WhiteoutTarget(".wh..").ok());
  EXPECT_FALSE(WhiteoutTarget(".wh...").ok());
}

TEST(NameTest, QuotedNamesHarmNoTerminal) {
  EXPECT_EQ(Quoted("a\x1b[2J\n"), "'a\\x1b[2J\\n'");
  EXPECT_EQ(Quoted("\xe6\xb7\xb1"), "'\xe6\xb7\xb1'");
}

}  // namespace
}  // namespace cleat::layer
