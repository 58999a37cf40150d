#include "lib/diff/walk.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::diff {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Trees are made by a shell: each test says in a line what it is about.
class WalkTest : public ::testing::Test {
 protected:
  void Shell(const std::string& script) {
    ASSERT_EQ(
        system(absl::StrCat("set -e; cd ", root_.path(), "; ", script).c_str()),
        0)
        << script;
  }

  std::vector<std::string> Layers(const std::vector<std::string>& names) {
    std::vector<std::string> layers;
    for (const std::string& name : names) {
      layers.push_back(absl::StrCat(root_.path(), "/", name));
    }
    return layers;
  }

  static std::string Text(const Change& change) {
    std::string text = absl::StrCat(
        std::string(1, static_cast<char>(change.kind)), " /", change.path);
    for (const DifferenceName& name : kDifferenceNames) {
      if (change.differs & name.bit) absl::StrAppend(&text, " ", name.name);
    }
    return absl::StrCat(text, change.opaque ? " opaque" : "");
  }

  std::vector<std::string> Changes(const Stack& before, const Stack& after,
                                   const WalkOptions& options = {}) {
    std::vector<std::string> changes;
    status_ = Walk(before, after, options, [&](const Change& change) {
      changes.push_back(Text(change));
      return absl::OkStatus();
    });
    return changes;
  }

  testing::ScopedTempDir root_;
  absl::Status status_;
};

TEST_F(WalkTest, EqualTreesDoNotDiffer) {
  Shell("mkdir -p a/d; echo x >a/d/f; ln -s f a/d/l; mkfifo a/p; cp -a a b");
  EXPECT_THAT(Changes({Layers({"a"})}, {Layers({"b"})}), IsEmpty());
  EXPECT_TRUE(status_.ok()) << status_;
}

TEST_F(WalkTest, EachDifferenceIsNamed) {
  Shell(
      "mkdir -p a/d; echo x >a/d/f; ln -s f a/d/l; echo old >a/gone; echo z "
      ">a/t; echo 1 >a/mode; cp -a a b; echo y >b/d/f; ln -sfn g b/d/l; rm "
      "b/gone; mkdir b/new; echo n >b/new/n; rm b/t; mkdir b/t; echo i >b/t/i; "
      "chmod 600 b/mode; touch -r a b; touch -r a/d b/d; touch -hr a/d/l "
      "b/d/l");
  EXPECT_THAT(Changes({Layers({"a"})}, {Layers({"b"})}),
              ElementsAre("C / entries", "C /d entries", "C /d/f mtime content",
                          "C /d/l link", "D /gone", "C /mode mode", "A /new",
                          "A /new/n", "C /t type", "A /t/i"));
}

TEST_F(WalkTest, ContentIsComparedWhereTimesSayNothing) {
  Shell("mkdir a b; echo x >a/f; echo y >b/f; touch -d @5 a a/f b b/f");
  EXPECT_THAT(Changes({Layers({"a"})}, {Layers({"b"})}),
              ElementsAre("C / entries", "C /f content"));
}

TEST_F(WalkTest, IgnoredDifferencesDoNotCount) {
  Shell("mkdir a b; echo x >a/f; echo x >b/f; touch -d @5 a/f; chmod 600 b/f");
  WalkOptions options;
  options.ignored = kTime | kMode;
  EXPECT_THAT(Changes({Layers({"a"})}, {Layers({"b"})}, options), IsEmpty());
}

TEST_F(WalkTest, WithoutASecondTreeAllIsNew) {
  Shell("mkdir -p a/d; echo x >a/d/f");
  EXPECT_THAT(Changes({}, {Layers({"a"})}),
              ElementsAre("A /", "A /d", "A /d/f"));
}

TEST_F(WalkTest, StacksAreSeenAsOverlayfsWouldMountThem) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root: whiteouts";
  Shell(
      "mkdir -p low/d low/o up/o up/d; echo 1 >low/d/f; echo 2 >low/d/g; echo "
      "3 >low/o/h; echo 4 >low/file; mknod up/d/f c 0 0; setfattr -n "
      "trusted.overlay.opaque -v y up/o; echo 5 >up/o/i; mkdir up/file; touch "
      "-r low up; touch -r low/d up/d; touch -r low/o up/o");
  EXPECT_THAT(Changes({Layers({"low"})}, {Layers({"up", "low"})}),
              ElementsAre("C / entries", "C /d entries", "D /d/f",
                          "C /file type", "C /o entries", "D /o/h", "A /o/i"));
  EXPECT_THAT(Changes({Layers({"up", "low"})}, {Layers({"up", "low"})}),
              IsEmpty());
}

TEST_F(WalkTest, RawLayerShowsWhatItSays) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root: whiteouts";
  Shell(
      "mkdir -p up/o; mknod up/gone c 0 0; setfattr -n trusted.overlay.opaque "
      "-v y up/o");
  EXPECT_THAT(Changes({}, {Layers({"up"}), {}, true}),
              ElementsAre("A /", "D /gone", "A /o opaque"));
}

TEST_F(WalkTest, WhiteoutsByAttributeCount) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root: trusted xattrs";
  Shell(
      "mkdir -p low/d up/d; touch low/d/f low/d/g up/d/f up/d/g; setfattr -n "
      "trusted.overlay.opaque -v x up/d; setfattr -n trusted.overlay.whiteout "
      "-v y up/d/f; touch -r low up; touch -r low/d up/d; touch -r low/d/g "
      "up/d/g");
  EXPECT_THAT(Changes({Layers({"low"})}, {Layers({"up", "low"})}),
              ElementsAre("C / entries", "C /d entries", "D /d/f"));
}

TEST_F(WalkTest, WhatIsOfNeitherTreeIsLeftOut) {
  Shell(
      "mkdir -p a/etc b/etc b/dev/x; touch b/etc/hosts; touch -d @5 a a/etc; "
      "touch -d @7 b b/etc");
  WalkOptions options;
  options.without = {"etc/hosts", "dev"};
  EXPECT_THAT(Changes({Layers({"a"})}, {Layers({"b"})}, options), IsEmpty());
}

TEST_F(WalkTest, ContentThatIsElsewhereIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root: trusted xattrs";
  Shell("mkdir -p a b/d; setfattr -n trusted.overlay.redirect -v /x b/d");
  Changes({Layers({"a"})}, {Layers({"b"})});
  EXPECT_EQ(status_.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status_.message()),
              HasSubstr("'d': it has trusted.overlay.redirect"));
}

TEST_F(WalkTest, KeptOwnersCountInTheirFormOnly) {
  Shell(
      "mkdir a; touch a/f; setfattr -n user.containers.override_stat -v "
      "7:8:04755 a/f; chmod 644 a/f");
  const auto owner = [this](const layer::Form& form) {
    std::string text;
    status_ = Walk({}, {Layers({"a"}), form}, {}, [&](const Change& change) {
      text = absl::StrCat(change.after->entry.uid, " ",
                          change.after->entry.mode & 07000);
      return absl::OkStatus();
    });
    return text;
  };
  layer::Form user;
  user.user_xattrs = true;
  EXPECT_EQ(owner(user), absl::StrCat("7 ", 04000));
  EXPECT_EQ(owner({}), absl::StrCat(geteuid(), " 0"));
}

TEST_F(WalkTest, DeepTreesAreWalked) {
  Shell(
      "mkdir a; cd a; for i in $(seq 400); do mkdir d; cd d; done; echo x >f");
  const std::vector<std::string> changes = Changes({}, {Layers({"a"})});
  EXPECT_TRUE(status_.ok()) << status_;
  EXPECT_EQ(changes.size(), 402);
}

TEST_F(WalkTest, OddNamesAreNamed) {
  Shell("mkdir a b; touch \"a/$(printf '\\377\\n')\"; touch -r a b");
  EXPECT_THAT(Changes({Layers({"a"})}, {Layers({"b"})}),
              ElementsAre("C / entries", "D /\xff"));
}

}  // namespace
}  // namespace cleat::diff
