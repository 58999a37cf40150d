#include "lib/diff/owner_text.h"

#include "gtest/gtest.h"

namespace cleat::diff {
namespace {

TEST(TakeOwner, OwnerAndPermissionsAreTaken) {
  tar::Entry entry;
  entry.size = 5;
  ASSERT_TRUE(TakeOwner("3000000:4294967294:04755", &entry).ok());
  EXPECT_EQ(entry.uid, 3000000u);
  EXPECT_EQ(entry.gid, 4294967294u);
  EXPECT_EQ(entry.mode, 04755u);
  EXPECT_EQ(entry.size, 5);
}

TEST(TakeOwner, AFileThatStandsForADeviceIsOne) {
  tar::Entry entry;
  ASSERT_TRUE(TakeOwner("0:6:0660:block-7-128", &entry).ok());
  EXPECT_EQ(entry.type, tar::Type::kBlockDevice);
  EXPECT_EQ(entry.major, 7u);
  EXPECT_EQ(entry.minor, 128u);
  ASSERT_TRUE(TakeOwner("0:0:0666:char-1-3", &entry).ok());
  EXPECT_EQ(entry.type, tar::Type::kCharDevice);
}

TEST(TakeOwner, AllElseIsDamage) {
  for (const char* text :
       {"", "1", "1:2", "1:2:", "1:2:9", "-1:2:0644", "1:4294967296:0644",
        "1:2:010000", "1:2:0644:", "1:2:0644:char-1", "1:2:0644:pipe-1-2",
        "1:2:0644:char-1-3:", "1:2:0644:char--1-3"}) {
    tar::Entry entry;
    EXPECT_TRUE(absl::IsDataLoss(TakeOwner(text, &entry))) << text;
  }
}

}  // namespace
}  // namespace cleat::diff
