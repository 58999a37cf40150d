#include "lib/compress/fd_source.h"

#include <fcntl.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "lib/compress/test_data.h"
#include "lib/sys/file.h"

namespace cleat::compress {
namespace {

class FdSourceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "/fd_source_test";
    ASSERT_TRUE(sys::WriteFileAtomic(path_, "0123456789").ok());
    fd_ = *sys::Open(path_, O_RDONLY);
  }
  void TearDown() override { unlink(path_.c_str()); }

  std::string path_;
  sys::Fd fd_;
};

TEST_F(FdSourceTest, PartOfAFile) {
  FileSource source(fd_.get(), 3, 4);
  EXPECT_EQ(*ReadToEnd(&source, 3), "3456");
}

TEST_F(FdSourceTest, ShortFileIsDataLoss) {
  FileSource source(fd_.get(), 3, 8);
  EXPECT_TRUE(absl::IsDataLoss(ReadToEnd(&source).status()));
}

TEST_F(FdSourceTest, StreamGoesToTheEnd) {
  StreamSource source(fd_.get());
  EXPECT_EQ(*ReadToEnd(&source, 3), "0123456789");
}

TEST_F(FdSourceTest, DirectoryCannotBeRead) {
  const sys::Fd directory = *sys::Open("/", O_RDONLY | O_DIRECTORY);
  StreamSource source(directory.get());
  EXPECT_FALSE(ReadToEnd(&source).ok());
}

}  // namespace
}  // namespace cleat::compress
