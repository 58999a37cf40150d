#include "lib/tar/writer.h"

#include "gtest/gtest.h"
#include "lib/tar/header.h"
#include "lib/tar/reader.h"
#include "lib/tar/test_archive.h"

namespace cleat::tar {
namespace {

// What a reader makes of an archive of `entry` alone.
Entry RoundTrip(const Entry& entry, size_t* blocks = nullptr) {
  const std::string archive =
      MakeArchive({{entry, std::string(static_cast<size_t>(entry.size), 'x')}});
  if (blocks != nullptr) *blocks = archive.size() / kBlockSize;
  StringChunks chunks(archive);
  Reader reader(&chunks);
  Entry read;
  EXPECT_TRUE(*reader.Next(&read));
  return read;
}

TEST(WriterTest, OrdinaryFileNeedsOneHeader) {
  size_t blocks;
  Entry entry = File("etc/passwd");
  entry.uid = 1000;
  entry.mode = 04755;
  entry.size = 3;
  const Entry read = RoundTrip(entry, &blocks);
  EXPECT_EQ(blocks, 4);
  EXPECT_EQ(read.name, "etc/passwd");
  EXPECT_EQ(read.uid, 1000);
  EXPECT_EQ(read.mode, 04755);
  EXPECT_EQ(read.size, 3);
  EXPECT_EQ(read.mtime.tv_sec, 1500000000);
}

TEST(WriterTest, LongNameIsDividedWhereUstarCan) {
  size_t blocks;
  const std::string name = std::string(120, 'a') + "/" + std::string(90, 'b');
  EXPECT_EQ(RoundTrip(File(name), &blocks).name, name);
  EXPECT_EQ(blocks, 3);
}

TEST(WriterTest, NamesThatUstarCannotHold) {
  for (const std::string& name :
       {std::string(101, 'a'), std::string(3000, 'a'),
        std::string(200, 'a') + "/" + std::string(200, 'b'),
        std::string("\xe6\xb7\xb1"), std::string("not utf-8 \xff\xfe"),
        std::string("new\nline"), "/" + std::string(100, 'a')}) {
    EXPECT_EQ(RoundTrip(File(name)).name, name);
    EXPECT_EQ(RoundTrip(Symlink("l", name)).link, name);
  }
}

TEST(WriterTest, LargeIdsAndXattrs) {
  Entry entry = File("f");
  entry.uid = 3000000;
  entry.gid = 4000000000;
  entry.xattrs = {{"user.empty", ""},
                  {"security.capability", std::string("\1\0\n=", 4)}};
  const Entry read = RoundTrip(entry);
  EXPECT_EQ(read.uid, 3000000);
  EXPECT_EQ(read.gid, 4000000000);
  ASSERT_EQ(read.xattrs.size(), 2);
  EXPECT_EQ(read.xattrs[1].name, "security.capability");
  EXPECT_EQ(read.xattrs[1].value, std::string("\1\0\n=", 4));
}

TEST(WriterTest, Times) {
  for (const struct timespec time :
       {timespec{1500000000, 123456789}, timespec{0, 500000000},
        timespec{-2, 750000000}, timespec{-1, 1}, timespec{-5, 0},
        timespec{4102444800, 999999999}, timespec{1LL << 33, 0}}) {
    Entry entry = File("f");
    entry.mtime = time;
    const Entry read = RoundTrip(entry);
    EXPECT_EQ(read.mtime.tv_sec, time.tv_sec);
    EXPECT_EQ(read.mtime.tv_nsec, time.tv_nsec);
  }
}

TEST(WriterTest, Device) {
  Entry entry = File("dev/loop0");
  entry.type = Type::kBlockDevice;
  entry.major = 7;
  entry.minor = 300000;
  const Entry read = RoundTrip(entry);
  EXPECT_EQ(read.type, Type::kBlockDevice);
  EXPECT_EQ(read.major, 7);
  EXPECT_EQ(read.minor, 300000);
}

TEST(WriterTest, DataMustBeAsLargeAsTheEntrySaid) {
  Writer writer([](absl::string_view) { return absl::OkStatus(); });
  Entry entry = File("f");
  entry.size = 2;
  ASSERT_TRUE(writer.Add(entry).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(writer.Write("abc")));
  ASSERT_TRUE(writer.Write("a").ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(writer.Finish()));
}

TEST(WriterTest, NamesThatNoArchiveHoldsAreRefused) {
  Writer writer([](absl::string_view) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsInvalidArgument(writer.Add(File(""))));
  EXPECT_TRUE(
      absl::IsInvalidArgument(writer.Add(File(absl::string_view("a\0b", 3)))));
}

}  // namespace
}  // namespace cleat::tar
