#include "lib/store/own_form.h"

#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/ns/rootless.h"
#include "lib/sys/file.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::store {
namespace {

using ::testing::HasSubstr;

class OwnFormTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (ns::RightsHere() != ns::Rights::kRoot) {
      GTEST_SKIP() << "says what root of the machine may";
    }
  }

  testing::ScopedTempDir directory_;
};

TEST_F(OwnFormTest, RootsNewStoreIsTrusted) {
  const auto form = OwnForm(directory_.path() + "/store");
  ASSERT_TRUE(form.ok()) << form.status();
  EXPECT_EQ(form->xattrs, "trusted");
  EXPECT_EQ(form->id_map, "");
  EXPECT_FALSE(form->squashed());
}

TEST_F(OwnFormTest, RootIsRefusedAUsersStore) {
  ASSERT_TRUE(
      RecordStoreForm(directory_.path(), {"user", "0 1000 1", ""}).ok());
  const absl::Status status = OwnForm(directory_.path()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("\"user.\" attributes and the id map 0 1000 1, not "));
}

TEST_F(OwnFormTest, RootEntersNoUserNamespace) {
  const std::string before = *sys::ReadFile("/proc/self/uid_map");
  EXPECT_TRUE(EnterForm(StoreForm()).ok());
  EXPECT_EQ(*sys::ReadFile("/proc/self/uid_map"), before);
}

TEST(StoreFormTest, OneIdIsSquashed) {
  EXPECT_TRUE((StoreForm{"user", "0 1000 1", ""}).squashed());
  EXPECT_FALSE((StoreForm{"user", "0 1000 1,1 100000 1", ""}).squashed());
  EXPECT_FALSE((StoreForm{"user", "0 0 4294967295", ""}).squashed());
  EXPECT_FALSE((StoreForm{"trusted", "", ""}).squashed());
}

}  // namespace
}  // namespace cleat::store
