#include "lib/tar/pax.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::tar {
namespace {

using ::testing::HasSubstr;

TEST(PaxTest, RecordsOfAnOrdinaryFile) {
  PaxRecords records;
  const absl::Status status = ParsePax(
      "15 path=bin/ls\n"
      "15 uid=3000000\n"
      "30 mtime=1500000000.123456789\n"
      "21 something=unknown\n",
      &records);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(*records.path, "bin/ls");
  EXPECT_EQ(*records.uid, 3000000);
  EXPECT_EQ(records.mtime->tv_nsec, 123456789);
}

TEST(PaxTest, ValuesMayHoldAnything) {
  PaxRecords records;
  const std::string data("29 SCHILY.xattr.user.x=a\n=\0b\n", 29);
  ASSERT_TRUE(ParsePax(data, &records).ok());
  ASSERT_EQ(records.xattrs.size(), 1);
  EXPECT_EQ(records.xattrs[0].name, "user.x");
  EXPECT_EQ(records.xattrs[0].value, std::string("a\n=\0b", 5));
}

TEST(PaxTest, LibarchiveXattrIsDecoded) {
  PaxRecords records;
  ASSERT_TRUE(ParsePax("36 LIBARCHIVE.xattr.user.a%3Db=Ymx1\n", &records).ok());
  ASSERT_EQ(records.xattrs.size(), 1);
  EXPECT_EQ(records.xattrs[0].name, "user.a=b");
  EXPECT_EQ(records.xattrs[0].value, "blu");
}

TEST(PaxTest, EmptyValueTakesTheRecordBack) {
  PaxRecords records;
  ASSERT_TRUE(ParsePax("10 path=a\n8 path=\n", &records).ok());
  EXPECT_FALSE(records.path.has_value());
}

TEST(PaxTest, MalformedRecordsAreRefused) {
  for (const char* bad :
       {"10 path=ab\n", "9 path=ab\n", "path=ab\n", "7 path\n", "5 =a\n",
        "99 path=a\n", "0 \n", "10 path=a ", "-5 path=a\n",
        "99999999999999999999 path=a\n"}) {
    PaxRecords records;
    EXPECT_TRUE(absl::IsDataLoss(ParsePax(bad, &records))) << bad;
  }
}

TEST(PaxTest, BadValueIsNamed) {
  PaxRecords records;
  const absl::Status status = ParsePax("10 uid=-5\n", &records);
  EXPECT_THAT(std::string(status.message()), HasSubstr("-5"));
}

TEST(PaxTest, NameWithNulIsRefused) {
  PaxRecords records;
  EXPECT_TRUE(
      absl::IsDataLoss(ParsePax(std::string("12 path=a\0b\n", 12), &records)));
}

TEST(PaxTest, Times) {
  EXPECT_EQ(ParsePaxTime("1.5")->tv_sec, 1);
  EXPECT_EQ(ParsePaxTime("1.5")->tv_nsec, 500000000);
  EXPECT_EQ(ParsePaxTime("4102444800.9999999999")->tv_nsec, 999999999);
  EXPECT_EQ(ParsePaxTime("-1.25")->tv_sec, -2);
  EXPECT_EQ(ParsePaxTime("-1.25")->tv_nsec, 750000000);
  EXPECT_FALSE(ParsePaxTime("").ok());
  EXPECT_FALSE(ParsePaxTime("1.x").ok());
}

}  // namespace
}  // namespace cleat::tar
