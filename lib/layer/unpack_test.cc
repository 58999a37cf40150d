#include "lib/layer/unpack.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/compress/test_data.h"
#include "lib/digest/sha256.h"
#include "lib/layer/stored.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/tar/test_archive.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::layer {
namespace {

using tar::Directory;
using tar::EntryWithData;
using tar::File;
using tar::HardLink;
using tar::Symlink;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class UnpackTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root: owners and devices";
    ASSERT_TRUE(sys::MakeDirectories(root_).ok());
    fd_ = *sys::Open(root_, O_RDONLY | O_DIRECTORY);
  }

  absl::StatusOr<Unpacked> UnpackBytes(const std::string& archive,
                                       const Form& form = Form()) {
    tar::StringChunks chunks(archive);
    return UnpackTar(&chunks, fd_.get(), form);
  }

  absl::Status UnpackEntries(const std::vector<EntryWithData>& entries,
                             const Form& form = Form()) {
    return UnpackBytes(tar::MakeArchive(entries), form).status();
  }

  struct stat Stat(const std::string& name) {
    struct stat info = {};
    EXPECT_EQ(lstat((root_ + "/" + name).c_str(), &info), 0) << name;
    return info;
  }

  std::string Content(const std::string& name) {
    return sys::ReadFile(root_ + "/" + name).value_or("(none)");
  }

  std::string Xattr(const std::string& name, const char* xattr) {
    char value[100];
    const ssize_t size =
        lgetxattr((root_ + "/" + name).c_str(), xattr, value, sizeof(value));
    return size < 0 ? "(none)" : std::string(value, static_cast<size_t>(size));
  }

  bool IsWhiteout(const std::string& name) {
    const struct stat info = Stat(name);
    return S_ISCHR(info.st_mode) && info.st_rdev == makedev(0, 0);
  }

  testing::ScopedTempDir directory_;
  // Beside it is what must not be touched.
  std::string root_ = directory_.path() + "/root";
  sys::Fd fd_;
};

TEST_F(UnpackTest, FileWithAllAttributes) {
  tar::Entry entry = File("bin/su");
  entry.mode = 06755;
  entry.uid = 1000;
  entry.gid = 2000;
  entry.mtime = {1500000000, 123456789};
  entry.xattrs = {{"user.colour", "blue"}};
  ASSERT_TRUE(UnpackEntries({{Directory("bin"), ""}, {entry, "#!"}}).ok());
  const struct stat info = Stat("bin/su");
  EXPECT_EQ(info.st_mode, S_IFREG | 06755);
  EXPECT_EQ(info.st_uid, 1000);
  EXPECT_EQ(info.st_gid, 2000);
  EXPECT_EQ(info.st_mtim.tv_sec, 1500000000);
  EXPECT_EQ(info.st_mtim.tv_nsec, 123456789);
  EXPECT_EQ(Xattr("bin/su", "user.colour"), "blue");
  EXPECT_EQ(Content("bin/su"), "#!");
}

TEST_F(UnpackTest, FileCapabilitySurvivesTheOwner) {
  tar::Entry entry = File("ping");
  entry.uid = 1000;
  // VFS_CAP_REVISION_2, CAP_NET_RAW permitted and effective.
  const std::string capability("\1\0\0\2\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                               20);
  entry.xattrs = {{"security.capability", capability}};
  ASSERT_TRUE(UnpackEntries({{entry, "x"}}).ok());
  EXPECT_EQ(Xattr("ping", "security.capability"), capability);
}

TEST_F(UnpackTest, LinksDevicesAndFifos) {
  tar::Entry null = File("null");
  null.type = tar::Type::kCharDevice;
  null.major = 1;
  null.minor = 3;
  null.mode = 0666;
  tar::Entry fifo = File("fifo");
  fifo.type = tar::Type::kFifo;
  fifo.uid = 7;
  ASSERT_TRUE(UnpackEntries({{File("file"), "x"},
                             {HardLink("hard", "./file"), ""},
                             {Symlink("soft", "/nowhere"), ""},
                             {null, ""},
                             {fifo, ""}})
                  .ok());
  EXPECT_EQ(Stat("hard").st_ino, Stat("file").st_ino);
  EXPECT_EQ(Stat("soft").st_mtim.tv_sec, 1500000000);
  EXPECT_EQ(Stat("null").st_mode, S_IFCHR | 0666);
  EXPECT_EQ(Stat("null").st_rdev, makedev(1, 3));
  EXPECT_EQ(Stat("fifo").st_mode, S_IFIFO | 0644);
  EXPECT_EQ(Stat("fifo").st_uid, 7);
}

TEST_F(UnpackTest, DirectoriesKeepModeAndTimeThoughFilesFollow) {
  tar::Entry directory = Directory("d");
  directory.mode = 0500;
  directory.uid = 5;
  ASSERT_TRUE(
      UnpackEntries(
          {{directory, ""}, {Directory("d/e"), ""}, {File("d/e/f"), "x"}})
          .ok());
  EXPECT_EQ(Stat("d").st_mode, S_IFDIR | 0500);
  EXPECT_EQ(Stat("d").st_uid, 5);
  EXPECT_EQ(Stat("d").st_mtim.tv_sec, 1500000000);
  EXPECT_EQ(Stat("d/e").st_mtim.tv_sec, 1500000000);
}

TEST_F(UnpackTest, ImpliedParentsAndRootAreRootsFrom1970) {
  ASSERT_TRUE(UnpackEntries({{File("a/b/c"), "x"}}).ok());
  for (const char* name : {".", "a", "a/b"}) {
    EXPECT_EQ(Stat(name).st_mode, S_IFDIR | 0755) << name;
    EXPECT_EQ(Stat(name).st_mtim.tv_sec, 0) << name;
  }
}

TEST_F(UnpackTest, RootEntryDescribesTheRoot) {
  tar::Entry root = Directory("./");
  root.mode = 0700;
  ASSERT_TRUE(UnpackEntries({{root, ""}, {File("a"), ""}}).ok());
  EXPECT_EQ(Stat(".").st_mode, S_IFDIR | 0700);
}

TEST_F(UnpackTest, LaterEntryReplacesAnEarlierOne) {
  ASSERT_TRUE(UnpackEntries({{File("file-dir"), "old"},
                             {Directory("file-dir"), ""},
                             {File("file-dir/new"), "new"},
                             {Directory("dir-file"), ""},
                             {File("dir-file/old"), "old"},
                             {File("dir-file"), "new"},
                             {File("file-link"), "old"},
                             {Symlink("file-link", "dir-file"), ""},
                             {Symlink("link-file", "dir-file"), ""},
                             {File("link-file"), "own"}})
                  .ok());
  EXPECT_EQ(Content("file-dir/new"), "new");
  EXPECT_EQ(Content("dir-file"), "new");
  EXPECT_TRUE(S_ISLNK(Stat("file-link").st_mode));
  EXPECT_EQ(Content("link-file"), "own");
}

TEST_F(UnpackTest, DirectoryTwiceKeepsItsFiles) {
  ASSERT_TRUE(
      UnpackEntries(
          {{Directory("d"), ""}, {File("d/f"), "x"}, {Directory("d"), ""}})
          .ok());
  EXPECT_EQ(Content("d/f"), "x");
}

TEST_F(UnpackTest, WhiteoutIsDevice00) {
  ASSERT_TRUE(UnpackEntries({{File("etc/.wh.passwd"), ""}}).ok());
  EXPECT_TRUE(IsWhiteout("etc/passwd"));
  EXPECT_THAT(*sys::ListDirectory(root_ + "/etc"), ElementsAre("passwd"));
}

TEST_F(UnpackTest, OpaqueDirectory) {
  ASSERT_TRUE(
      UnpackEntries({{File("d/.wh..wh..opq"), ""}, {File("d/own"), "x"}}).ok());
  EXPECT_EQ(Xattr("d", "trusted.overlay.opaque"), "y");
  EXPECT_THAT(*sys::ListDirectory(root_ + "/d"), ElementsAre("own"));
}

// Whiteouts apply to lower layers only, in whatever order entries come.
TEST_F(UnpackTest, WhiteoutAndEntryOfTheSameName) {
  ASSERT_TRUE(UnpackEntries({{File(".wh.a"), ""},
                             {File("a"), "stays"},
                             {File("b"), "stays"},
                             {File(".wh.b"), ""},
                             {File(".wh.c"), ""},
                             {Directory("c"), ""},
                             {Directory("d"), ""},
                             {File(".wh.d"), ""},
                             {File(".wh.e"), ""},
                             {File("e/f"), "implied"}})
                  .ok());
  EXPECT_EQ(Content("a"), "stays");
  EXPECT_EQ(Content("b"), "stays");
  for (const char* name : {"c", "d", "e"}) {
    EXPECT_EQ(Xattr(name, "trusted.overlay.opaque"), "y") << name;
  }
  EXPECT_EQ(Content("e/f"), "implied");
}

constexpr char kOwner[] = "user.containers.override_stat";

TEST_F(UnpackTest, UserFormHasItsOwnWordForOpaque) {
  const Form form = {/*user_xattrs=*/true, /*squash=*/false};
  ASSERT_TRUE(
      UnpackEntries({{File("d/.wh..wh..opq"), ""}, {File(".wh.e"), ""}}, form)
          .ok());
  EXPECT_EQ(Xattr("d", "user.overlay.opaque"), "y");
  EXPECT_EQ(Xattr("d", "trusted.overlay.opaque"), "(none)");
  EXPECT_TRUE(IsWhiteout("e"));
}

TEST_F(UnpackTest, SquashedOwnersAreKeptInAnAttribute) {
  tar::Entry file = File("f");
  file.uid = 33;
  file.gid = 44;
  file.mode = 04750;
  tar::Entry directory = Directory("d");
  directory.gid = 5;
  tar::Entry link = Symlink("l", "f");
  link.uid = 33;
  const Form form = {/*user_xattrs=*/true, /*squash=*/true};
  ASSERT_TRUE(
      UnpackEntries({{file, "x"}, {directory, ""}, {link, ""}, {File("r"), ""}},
                    form)
          .ok());
  EXPECT_EQ(Xattr("f", kOwner), "33:44:04750");
  EXPECT_EQ(Stat("f").st_uid, 0);
  EXPECT_EQ(Stat("f").st_mode, S_IFREG | 04750);
  EXPECT_EQ(Xattr("d", kOwner), "0:5:0755");
  EXPECT_EQ(Stat("l").st_uid, 0);
  EXPECT_EQ(Xattr("r", kOwner), "(none)");
}

TEST_F(UnpackTest, ArchiveHasNoSayInSquashedOwners) {
  tar::Entry file = File("f");
  file.xattrs = {{kOwner, "1:2:0644"}};
  ASSERT_TRUE(UnpackEntries({{file, ""}}, {true, true}).ok());
  EXPECT_EQ(Xattr("f", kOwner), "(none)");
}

TEST_F(UnpackTest, WhatAufsKeptForItselfIsIgnored) {
  ASSERT_TRUE(UnpackEntries({{Directory(".wh..wh.plnk"), ""},
                             {File(".wh..wh.plnk/1.2"), "x"},
                             {File(".wh..wh.aufs"), ""}})
                  .ok());
  EXPECT_TRUE(sys::ListDirectory(root_)->empty());
}

TEST_F(UnpackTest, ArchiveHasNoSayInOverlaysOwnAttributes) {
  tar::Entry directory = Directory("d");
  directory.xattrs = {{"trusted.overlay.redirect", "/etc"}};
  ASSERT_TRUE(UnpackEntries({{directory, ""}}).ok());
  EXPECT_EQ(Xattr("d", "trusted.overlay.redirect"), "(none)");
}

TEST_F(UnpackTest, LinksInTheWayLeadWhereTheyLeadInTheContainer) {
  ASSERT_TRUE(UnpackEntries({{Directory("usr/bin"), ""},
                             {Symlink("bin", "usr/bin"), ""},
                             {File("bin/ls"), "x"},
                             {Symlink("run", "/usr"), ""},
                             {File("run/lock"), "y"}})
                  .ok());
  EXPECT_EQ(Content("usr/bin/ls"), "x");
  EXPECT_EQ(Content("usr/lock"), "y");
}

// Each of these tries to write or read beside the root.
TEST_F(UnpackTest, NothingLeavesTheRoot) {
  const std::string secret = directory_.path() + "/secret";
  ASSERT_TRUE(sys::WriteFileAtomic(secret, "secret").ok());
  const std::vector<std::vector<EntryWithData>> attempts = {
      {{File("../evil"), "x"}},
      {{File("a/../../evil"), "x"}},
      {{Symlink("up", ".."), ""}, {File("up/evil"), "x"}},
      {{Symlink("up", "../../.."), ""}, {File("up/evil"), "x"}},
      {{HardLink("hard", "../secret"), ""}},
      {{HardLink("hard", secret), ""}, {File("hard"), "x"}},
      {{File(".wh..."), ""}},
      {{File("a/.wh..."), ""}},
  };
  for (const auto& attempt : attempts) {
    const absl::Status status = UnpackEntries(attempt);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("entry '"));
  }
  EXPECT_THAT(*sys::ListDirectory(directory_.path()),
              ElementsAre("root", "secret"));
  EXPECT_EQ(*sys::ReadFile(secret), "secret");
}

// These are harmless: the absolute link means the container's root.
TEST_F(UnpackTest, DirectoryReplacedByALinkStaysInside) {
  const std::string outside = directory_.path() + "/outside";
  ASSERT_TRUE(sys::MakeDirectories(outside).ok());
  const absl::Status status = UnpackEntries({{Directory("d"), ""},
                                             {File("d/before"), "x"},
                                             {Symlink("d", outside), ""},
                                             {File("d/after"), "x"}});
  EXPECT_FALSE(status.ok());
  EXPECT_TRUE(sys::ListDirectory(outside)->empty());
}

TEST_F(UnpackTest, ReplacedDirectoryIsNotWrittenToAnyMore) {
  ASSERT_TRUE(UnpackEntries({{Directory("d"), ""},
                             {File("d/old"), "x"},
                             {Directory("e"), ""},
                             {Symlink("d", "e"), ""},
                             {File("d/new"), "y"}})
                  .ok());
  EXPECT_THAT(*sys::ListDirectory(root_ + "/e"), ElementsAre("new"));
}

TEST_F(UnpackTest, FileInTheWayIsNamed) {
  const absl::Status status =
      UnpackEntries({{File("a"), ""}, {File("a/b"), ""}});
  EXPECT_EQ(status.message(), "entry 'a/b': its parent 'a' is no directory");
}

TEST_F(UnpackTest, TooDeepIsRefused) {
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "d/";
  EXPECT_TRUE(absl::IsInvalidArgument(UnpackEntries({{Directory(deep), ""}})));
}

TEST_F(UnpackTest, VerifiedInTheSamePass) {
  const std::string archive =
      tar::MakeArchive({{File("a"), "content"}}) + std::string(8192, '\0');
  const std::string blob = compress::ZstdForTest(archive);
  const std::string path = directory_.path() + "/blob";
  ASSERT_TRUE(sys::WriteFileAtomic(path, blob).ok());
  Expected expected;
  expected.digest = digest::Sha256Of(blob);
  expected.diff_id = digest::Sha256Of(archive);
  expected.size = static_cast<int64_t>(blob.size());
  const absl::StatusOr<Unpacked> unpacked = Unpack({path}, expected, fd_.get());
  ASSERT_TRUE(unpacked.ok()) << unpacked.status();
  EXPECT_EQ(unpacked->content_size, 7);
  EXPECT_EQ(unpacked->summary.diff_id, expected.diff_id);
  expected.diff_id = digest::Sha256Of("other");
  const absl::Status status = Unpack({path}, expected, fd_.get()).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("layer " + expected.digest + ": DiffID is "));
}

TEST_F(UnpackTest, TruncatedAtAnyByteIsAnError) {
  const std::string archive =
      tar::MakeArchive({{File("a"), "x"}, {Symlink("b", "a"), ""}});
  Expected expected;
  expected.diff_id = digest::Sha256Of(archive);
  const std::string path = directory_.path() + "/blob";
  for (size_t size = 0; size < archive.size(); size += 13) {
    ASSERT_TRUE(sys::WriteFileAtomic(path, archive.substr(0, size), 0600,
                                     sys::Sync::kNo)
                    .ok());
    EXPECT_TRUE(absl::IsDataLoss(Unpack({path}, expected, fd_.get()).status()))
        << size;
  }
}

TEST_F(UnpackTest, SparseFileHasHoles) {
  const absl::StatusOr<Unpacked> unpacked =
      UnpackBytes(*sys::ReadFile("lib/tar/testdata/pax-sparse-1.0.tar"));
  ASSERT_TRUE(unpacked.ok()) << unpacked.status();
  EXPECT_EQ(Stat("d/sparse").st_size, 3 << 20);
  EXPECT_LT(Stat("d/sparse").st_blocks, 100);
}

Form Plain() {
  Form form;
  form.plain = true;
  return form;
}

TEST_F(UnpackTest, PlainTreesKeepWhatNoLayerDescribes) {
  ASSERT_TRUE(UnpackEntries({{Directory("d"), ""}, {File("d/a"), "a"}}).ok());
  const struct stat before = Stat("d");
  ASSERT_TRUE(UnpackEntries({{File("d/b"), "b"}}, Plain()).ok());
  EXPECT_EQ(Content("d/a"), "a");
  EXPECT_EQ(Content("d/b"), "b");
  EXPECT_EQ(Stat("d").st_mode, before.st_mode);
}

TEST_F(UnpackTest, WhiteoutsOfAPlainTreeRemove) {
  ASSERT_TRUE(UnpackEntries({{File("d/a"), ""}, {File("d/b"), ""}}).ok());
  ASSERT_TRUE(UnpackEntries({{File("d/.wh.a"), ""}}, Plain()).ok());
  EXPECT_FALSE(sys::Exists(root_ + "/d/a"));
  EXPECT_TRUE(sys::Exists(root_ + "/d/b"));
}

TEST_F(UnpackTest, OpaqueInAPlainTreeKeepsTheLayersOwn) {
  ASSERT_TRUE(UnpackEntries({{File("d/a"), ""}, {File("d/e/old"), ""}}).ok());
  ASSERT_TRUE(UnpackEntries({{File("d/new"), ""},
                             {File("d/e/mine"), ""},
                             {File("d/.wh..wh..opq"), ""}},
                            Plain())
                  .ok());
  EXPECT_FALSE(sys::Exists(root_ + "/d/a"));
  EXPECT_FALSE(sys::Exists(root_ + "/d/e/old"));
  EXPECT_TRUE(sys::Exists(root_ + "/d/e/mine"));
  EXPECT_TRUE(sys::Exists(root_ + "/d/new"));
}

TEST_F(UnpackTest, OpaqueInAPlainTreeGoesAsDeepAsNamesDo) {
  struct rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const struct rlimit few = {200, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  std::string deep = "d";
  for (int i = 0; i < 2000; ++i) deep += "/a";
  ASSERT_TRUE(UnpackEntries({{Directory(deep), ""}}, Plain()).ok());
  ASSERT_TRUE(UnpackEntries({{File("d/a/a/lower"), "x"}}, Plain()).ok());
  const auto unpacked = UnpackEntries(
      {{Directory(deep), ""}, {File("d/.wh..wh..opq"), ""}}, Plain());
  EXPECT_TRUE(unpacked.ok()) << unpacked.message();
  EXPECT_FALSE(sys::Exists(root_ + "/d/a/a/lower"));
  EXPECT_TRUE(sys::Exists(absl::StrCat(root_, "/", deep.substr(0, 3000))));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST_F(UnpackTest, AWhiteoutNeverRemovesOutside) {
  const std::string outside = directory_.Write("outside/file", "kept");
  ASSERT_TRUE(UnpackEntries({{Symlink("link", "/outside"), ""}}).ok());
  EXPECT_FALSE(
      UnpackEntries({{File("../outside/.wh.file"), ""}}, Plain()).ok());
  UnpackEntries({{File("link/.wh.file"), ""}, {File("link/.wh..wh..opq"), ""}},
                Plain())
      .IgnoreError();
  EXPECT_EQ(directory_.Read("outside/file"), "kept");
}

TEST_F(UnpackTest, ModesThatTheUmaskWouldTakeAreSet) {
  for (const mode_t mode : {0644, 0600, 0666, 0777, 0400, 0, 04755, 01644}) {
    tar::Entry entry = File("f" + std::to_string(mode));
    entry.mode = mode;
    Form squashed;
    squashed.squash = true;
    for (const Form& form : {Form(), Plain(), squashed}) {
      unlink((root_ + "/" + entry.name).c_str());
      ASSERT_TRUE(UnpackEntries({{entry, "data"}}, form).ok());
      EXPECT_EQ(Stat(entry.name).st_mode, S_IFREG | mode);
    }
  }
}

TEST_F(UnpackTest, AGroupIsNotInheritedFromTheDirectory) {
  ASSERT_EQ(chown(root_.c_str(), 0, 99), 0);
  ASSERT_EQ(chmod(root_.c_str(), 02755), 0);
  ASSERT_TRUE(UnpackEntries({{File("a"), ""}, {Symlink("b", "a"), ""}}).ok());
  EXPECT_EQ(Stat("a").st_gid, 0);
  EXPECT_EQ(Stat("b").st_gid, 0);
}

// Each byte of a small archive changed in turn: an error or a tree, and
// nothing beside the root.
TEST_F(UnpackTest, EveryCorruptByteIsAnErrorOrATree) {
  const std::string archive = tar::MakeArchive({{Directory("d"), ""},
                                                {File("d/a"), "data"},
                                                {Symlink("d/l", "a"), ""},
                                                {HardLink("h", "d/a"), ""}});
  for (size_t at = 0; at < archive.size(); ++at) {
    std::string broken = archive;
    broken[at] = static_cast<char>(broken[at] ^ (at % 2 == 0 ? 1 : 0x10));
    UnpackBytes(broken, Plain()).status().IgnoreError();
    UnpackBytes(tar::Resealed(broken)).status().IgnoreError();
  }
  EXPECT_THAT(*sys::ListDirectory(directory_.path()), ElementsAre("root"));
}

TEST_F(UnpackTest, EveryTruncationIsAnErrorOrTheWhole) {
  const std::string archive =
      tar::MakeArchive({{File("a"), "data"}, {File("b"), "more"}});
  const size_t entries = archive.size() - 1024;
  for (size_t size = 0; size < archive.size(); ++size) {
    const absl::StatusOr<Unpacked> unpacked =
        UnpackBytes(archive.substr(0, size));
    // Between two entries an archive may end; elsewhere not.
    const bool may_end =
        size % 512 == 0 && (size % 1024 == 0 || size >= entries);
    EXPECT_TRUE(!unpacked.ok() || may_end) << size;
  }
}

// GNU tar, bsdtar and Go agree that the last of several wins.
TEST_F(UnpackTest, LaterEntriesReplaceEarlierOnesOfAnyType) {
  const std::vector<tar::Entry> kinds = {
      File("x"), Directory("x"), Symlink("x", "y"), HardLink("x", "other")};
  for (const tar::Entry& first : kinds) {
    for (const tar::Entry& second : kinds) {
      ASSERT_TRUE(
          UnpackEntries({{File("other"), "o"}, {first, ""}, {second, ""}})
              .ok());
      const mode_t type = Stat("x").st_mode & S_IFMT;
      EXPECT_EQ(S_ISDIR(type), second.type == tar::Type::kDirectory);
      EXPECT_EQ(S_ISLNK(type), second.type == tar::Type::kSymlink);
    }
  }
}

TEST_F(UnpackTest, TheSplitIsWrittenInTheSamePass) {
  const std::string archive = tar::MakeArchive(
      {{Directory("d"), ""}, {File("d/a"), compress::SampleData(100000)}});
  const std::string layer =
      directory_.Write("layer.tar.gz", compress::GzipForTest(archive));
  UnpackOptions options;
  options.tar_split = directory_.Path("split.gz");
  ASSERT_TRUE(Unpack({layer}, Expected(), fd_.get(), options).ok());
  const sys::Fd split = *sys::Open(options.tar_split, O_RDONLY);
  std::string joined;
  const absl::Status status =
      JoinLayer(split.get(), fd_.get(), digest::Sha256Of(archive),
                [&joined](absl::string_view bytes) {
                  joined.append(bytes.data(), bytes.size());
                  return absl::OkStatus();
                });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(joined == archive);
}

}  // namespace
}  // namespace cleat::layer
