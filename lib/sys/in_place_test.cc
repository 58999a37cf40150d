#include "lib/sys/in_place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::sys {
namespace {

class OpenInPlaceTest : public ::testing::Test {
 protected:
  bool InPlace(const std::string& path) {
    const absl::StatusOr<Fd> fd = OpenInPlace(path);
    EXPECT_TRUE(fd.ok()) << fd.status();
    return fd.ok() && fd->valid();
  }

  testing::ScopedTempDir directory_;
};

TEST_F(OpenInPlaceTest, FilesAndTheirLinksAreReplaced) {
  const std::string file = directory_.Write("file", "x");
  const std::string link = directory_.Path("link");
  ASSERT_EQ(symlink("file", link.c_str()), 0);
  EXPECT_FALSE(InPlace(file));
  EXPECT_FALSE(InPlace(link));
  EXPECT_FALSE(InPlace(directory_.Path("absent")));
  EXPECT_FALSE(InPlace(directory_.Path("no/such/directory")));
  EXPECT_FALSE(InPlace(absl::StrCat("/proc/self/root", file)));
}

TEST_F(OpenInPlaceTest, DevicesAndPipesAreNot) {
  const std::string fifo = directory_.Path("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const Fd reader = *Open(fifo, O_RDONLY | O_NONBLOCK);
  EXPECT_TRUE(InPlace(fifo));
  EXPECT_TRUE(InPlace("/dev/null"));
}

TEST_F(OpenInPlaceTest, ADescriptorsNameIsWrittenToAtItsEnd) {
  const Fd file = *Open(directory_.Write("file", "one "), O_WRONLY);
  const std::string link = directory_.Path("link");
  const std::string name = absl::StrCat("/proc/self/fd/", file.get());
  ASSERT_EQ(symlink(name.c_str(), link.c_str()), 0);
  for (const std::string& path : {name, link}) {
    const absl::StatusOr<Fd> fd = OpenInPlace(path);
    ASSERT_TRUE(fd.ok() && fd->valid()) << path;
    EXPECT_TRUE(WriteAll(fd->get(), "two ", path).ok());
  }
  EXPECT_EQ(directory_.Read("file"), "one two two ");
}

TEST_F(OpenInPlaceTest, ADirectoryIsAnError) {
  EXPECT_FALSE(OpenInPlace(directory_.path()).ok());
}

}  // namespace
}  // namespace cleat::sys
