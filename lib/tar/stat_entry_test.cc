#include "lib/tar/stat_entry.h"

#include <sys/sysmacros.h>

#include "gtest/gtest.h"

namespace cleat::tar {
namespace {

struct stat StatOf(mode_t mode) {
  struct stat info = {};
  info.st_mode = mode;
  info.st_uid = 7;
  info.st_gid = 8;
  info.st_size = 9;
  info.st_mtim = {10, 11};
  info.st_rdev = makedev(12, 300);
  return info;
}

TEST(StatEntryTest, AFileHasASizeAndNoNumbersOfADevice) {
  const Entry entry = StatEntry(StatOf(S_IFREG | 06755));
  EXPECT_EQ(entry.type, Type::kFile);
  EXPECT_EQ(entry.mode, 06755u);
  EXPECT_EQ(entry.uid, 7u);
  EXPECT_EQ(entry.gid, 8u);
  EXPECT_EQ(entry.size, 9);
  EXPECT_EQ(entry.mtime.tv_sec, 10);
  EXPECT_EQ(entry.mtime.tv_nsec, 11);
  EXPECT_EQ(entry.major, 0u);
  EXPECT_EQ(entry.minor, 0u);
}

TEST(StatEntryTest, ADeviceHasItsNumbersAndNoSize) {
  const Entry block = StatEntry(StatOf(S_IFBLK | 0600));
  EXPECT_EQ(block.type, Type::kBlockDevice);
  EXPECT_EQ(block.major, 12u);
  EXPECT_EQ(block.minor, 300u);
  EXPECT_EQ(block.size, 0);
  EXPECT_EQ(StatEntry(StatOf(S_IFCHR)).type, Type::kCharDevice);
}

TEST(StatEntryTest, OthersHaveTheirTypes) {
  EXPECT_EQ(StatEntry(StatOf(S_IFDIR)).type, Type::kDirectory);
  EXPECT_EQ(StatEntry(StatOf(S_IFLNK)).type, Type::kSymlink);
  EXPECT_EQ(StatEntry(StatOf(S_IFIFO)).type, Type::kFifo);
  EXPECT_EQ(StatEntry(StatOf(S_IFSOCK)).type, Type::kFile);
}

}  // namespace
}  // namespace cleat::tar
