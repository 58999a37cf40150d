#include "lib/mount/options.h"

#include <sys/mount.h>

#include "gtest/gtest.h"

namespace cleat::mount {
namespace {

TEST(OptionsTest, DockersDevOptionsAreSplitBetweenMountAndFileSystem) {
  const Options options =
      *ParseOptions({"nosuid", "strictatime", "mode=755", "size=65536k"});
  EXPECT_EQ(options.set, MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME);
  EXPECT_EQ(options.clear, MOUNT_ATTR__ATIME);
  ASSERT_EQ(options.parameters.size(), 2);
  EXPECT_EQ(options.parameters[0].key, "mode");
  EXPECT_EQ(options.parameters[0].value, "755");
  EXPECT_FALSE(options.parameters[0].is_flag);
}

TEST(OptionsTest, LaterOptionWins) {
  const Options options = *ParseOptions({"ro", "rw", "dev", "nodev"});
  EXPECT_EQ(options.set, MOUNT_ATTR_NODEV);
  EXPECT_EQ(options.clear, MOUNT_ATTR_RDONLY);
}

TEST(OptionsTest, WordWithoutValueIsAFlag) {
  const Options options = *ParseOptions({"newinstance"});
  ASSERT_EQ(options.parameters.size(), 1);
  EXPECT_TRUE(options.parameters[0].is_flag);
}

TEST(OptionsTest, EmptyValueIsNoFlag) {
  const Options options = *ParseOptions({"context="});
  ASSERT_EQ(options.parameters.size(), 1);
  EXPECT_FALSE(options.parameters[0].is_flag);
}

TEST(OptionsTest, RecursiveFormsHoldForWhatIsBelow) {
  const Options options = *ParseOptions({"rbind", "rro", "rslave"});
  EXPECT_TRUE(options.bind);
  EXPECT_TRUE(options.recursive_bind);
  EXPECT_EQ(options.set, 0);
  EXPECT_EQ(options.recursive_set, MOUNT_ATTR_RDONLY);
  EXPECT_EQ(options.propagation, uint64_t{MS_SLAVE | MS_REC});
}

TEST(OptionsTest, RelatimeIsNotTakenForARecursiveOption) {
  EXPECT_EQ(ParseOptions({"relatime"})->recursive_set, 0);
}

TEST(OptionsTest, OptionWithoutNameIsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(ParseOptions({""}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseOptions({"=x"}).status()));
}

}  // namespace
}  // namespace cleat::mount
