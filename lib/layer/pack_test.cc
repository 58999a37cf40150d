#include "lib/layer/pack.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/layer/unpack.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/tar/reader.h"
#include "lib/tar/test_archive.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::layer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PackTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sys::MakeDirectories(root_).ok());
    ASSERT_EQ(chmod(root_.c_str(), 0755), 0);
  }

  static std::string PackTree(const std::string& root,
                              const PackOptions& options = PackOptions()) {
    const sys::Fd fd = *sys::Open(root, O_RDONLY | O_DIRECTORY);
    std::string bytes;
    const absl::Status status =
        Pack(fd.get(), options, [&bytes](absl::string_view data) {
          bytes.append(data.data(), data.size());
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return bytes;
  }

  std::string PackError(const PackOptions& options) {
    const sys::Fd fd = *sys::Open(root_, O_RDONLY | O_DIRECTORY);
    const absl::Status status = Pack(
        fd.get(), options, [](absl::string_view) { return absl::OkStatus(); });
    return std::string(status.message());
  }

  static std::vector<tar::Entry> Entries(const std::string& bytes) {
    tar::StringChunks chunks(bytes);
    tar::Reader reader(&chunks);
    std::vector<tar::Entry> entries;
    tar::Entry entry;
    while (*reader.Next(&entry)) entries.push_back(entry);
    return entries;
  }

  static std::vector<std::string> Names(const std::string& bytes) {
    std::vector<std::string> names;
    for (const tar::Entry& entry : Entries(bytes)) names.push_back(entry.name);
    return names;
  }

  testing::ScopedTempDir directory_;
  std::string root_ = directory_.path() + "/root";
};

TEST_F(PackTest, NamesAreSortedAndHardLinksFound) {
  ASSERT_TRUE(sys::MakeDirectories(root_ + "/b").ok());
  ASSERT_TRUE(sys::WriteFileAtomic(root_ + "/b/file", "x").ok());
  ASSERT_EQ(link((root_ + "/b/file").c_str(), (root_ + "/a").c_str()), 0);
  ASSERT_EQ(symlink("b", (root_ + "/c").c_str()), 0);
  const std::vector<tar::Entry> entries = Entries(PackTree(root_));
  ASSERT_EQ(entries.size(), 5);
  EXPECT_EQ(entries[0].name, "./");
  EXPECT_EQ(entries[1].name, "a");
  EXPECT_EQ(entries[1].type, tar::Type::kFile);
  EXPECT_EQ(entries[2].name, "b/");
  EXPECT_EQ(entries[3].type, tar::Type::kHardLink);
  EXPECT_EQ(entries[3].link, "a");
  EXPECT_EQ(entries[4].link, "b");
}

TEST_F(PackTest, TimesAreWholeSecondsUnlessAskedAndClamped) {
  ASSERT_TRUE(sys::WriteFileAtomic(root_ + "/f", "x").ok());
  const struct timespec times[2] = {{100, 5}, {100, 5}};
  ASSERT_EQ(utimensat(AT_FDCWD, (root_ + "/f").c_str(), times, 0), 0);
  EXPECT_EQ(Entries(PackTree(root_))[1].mtime.tv_nsec, 0);
  PackOptions options;
  options.nanoseconds = true;
  EXPECT_EQ(Entries(PackTree(root_, options))[1].mtime.tv_nsec, 5);
  options.latest_mtime = 50;
  EXPECT_EQ(Entries(PackTree(root_, options))[1].mtime.tv_sec, 50);
  EXPECT_EQ(Entries(PackTree(root_, options))[1].mtime.tv_nsec, 0);
}

TEST_F(PackTest, SocketsAreLeftOut) {
  const sys::Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  // The test's own path may be too long for an address.
  const sys::Fd root = *sys::Open(root_, O_PATH | O_DIRECTORY);
  snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/s",
           root.get());
  ASSERT_EQ(bind(fd.get(), reinterpret_cast<struct sockaddr*>(&address),
                 sizeof(address)),
            0);
  EXPECT_THAT(Names(PackTree(root_)), ElementsAre("./"));
}

TEST_F(PackTest, DifferenceHasWhiteoutsAndTheDirectoriesOnTheWay) {
  const std::string old = directory_.path() + "/old";
  ASSERT_TRUE(sys::MakeDirectories(old + "/d").ok());
  ASSERT_TRUE(sys::MakeDirectories(root_ + "/d").ok());
  ASSERT_TRUE(sys::WriteFileAtomic(old + "/d/gone", "x").ok());
  ASSERT_TRUE(sys::WriteFileAtomic(root_ + "/d/new", "x").ok());
  std::string bytes;
  ASSERT_TRUE(Pack({{old}}, {{root_}}, {}, [&bytes](absl::string_view data) {
                bytes.append(data.data(), data.size());
                return absl::OkStatus();
              }).ok());
  EXPECT_THAT(Names(bytes), ElementsAre("d/", "d/.wh.gone", "d/new"));
}

TEST_F(PackTest, WhiteoutsOfAnUpperDirectoryBecomeTheLayers) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root: whiteouts";
  ASSERT_TRUE(sys::MakeDirectories(root_ + "/o").ok());
  ASSERT_EQ(mknod((root_ + "/gone").c_str(), S_IFCHR, 0), 0);
  ASSERT_EQ(
      setxattr((root_ + "/o").c_str(), "trusted.overlay.opaque", "y", 1, 0), 0);
  EXPECT_THAT(Names(PackTree(root_)),
              ElementsAre("./", ".wh.gone", "o/", "o/.wh..wh..opq"));
}

TEST_F(PackTest, NamesThatWouldDeleteAreRefused) {
  ASSERT_TRUE(sys::WriteFileAtomic(root_ + "/.wh.x", "x").ok());
  EXPECT_THAT(PackError({}), HasSubstr("pack '.wh.x': a layer cannot hold"));
}

TEST_F(PackTest, SizeIsBoundedHolesIncluded) {
  ASSERT_TRUE(sys::WriteFileAtomic(root_ + "/hole", "x").ok());
  ASSERT_EQ(truncate((root_ + "/hole").c_str(), int64_t{1} << 40), 0);
  PackOptions options;
  options.max_size = 1 << 20;
  EXPECT_THAT(PackError(options), HasSubstr("pack 'hole': with it the files"));
}

// The tree changes under the packer's eyes: when the header of the file before
// it is written.
TEST_F(PackTest, FilesThatChangeMeanwhileAreAnError) {
  const auto pack = [this](const std::function<void()>& change) {
    EXPECT_TRUE(sys::WriteFileAtomic(root_ + "/a", "aa").ok());
    EXPECT_TRUE(sys::WriteFileAtomic(root_ + "/b", "bb").ok());
    const sys::Fd fd = *sys::Open(root_, O_RDONLY | O_DIRECTORY);
    bool done = false;
    return std::string(Pack(fd.get(), {}, [&](absl::string_view data) {
                         if (!done && data == "aa") {
                           done = true;
                           change();
                         }
                         return absl::OkStatus();
                       }).message());
  };
  const std::string b = root_ + "/b";
  const std::string a = root_ + "/a";
  EXPECT_THAT(pack([&] { unlink(b.c_str()); }),
              HasSubstr("'b': it vanished meanwhile"));
  EXPECT_THAT(pack([&] { EXPECT_EQ(truncate(a.c_str(), 50), 0); }),
              HasSubstr("'a': it changed meanwhile"));
  EXPECT_EQ(pack([&] {
              unlink(b.c_str());
              EXPECT_EQ(symlink("/etc/shadow", b.c_str()), 0);
            }),
            "");  // As a link: it is not followed.
  unlink(b.c_str());
}

TEST_F(PackTest, OwnersAreMappedOrSquashed) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root: owners";
  ASSERT_EQ(chown(root_.c_str(), 100007, 100007), 0);
  PackOptions options;
  options.users = options.groups = {{0, 100000, 65536}};
  EXPECT_EQ(Entries(PackTree(root_, options))[0].uid, 7);
  options.owner = Owner{0, 5};
  EXPECT_EQ(Entries(PackTree(root_, options))[0].gid, 5);
  options.owner.reset();
  options.users = {{0, 1, 1}};
  EXPECT_THAT(PackError(options),
              HasSubstr("user 100007 is not in the id map"));
}

TEST_F(PackTest, ManifestHasALineForEachEntry) {
  ASSERT_TRUE(sys::WriteFileAtomic(root_ + "/a b", "x").ok());
  ASSERT_EQ(chmod((root_ + "/a b").c_str(), 0640), 0);
  PackOptions options;
  options.latest_mtime = 9;
  options.owner = Owner{1, 2};
  std::string manifest;
  options.manifest = [&manifest](absl::string_view line) {
    manifest.append(line.data(), line.size());
    return absl::OkStatus();
  };
  PackTree(root_, options);
  EXPECT_EQ(manifest,
            "#mtree\n"
            ". type=dir uid=1 gid=2 mode=0755 time=9.000000000\n"
            "./a\\040b type=file uid=1 gid=2 mode=0640 time=9.000000000 size=1 "
            "sha256digest=2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258"
            "717921a4881\n");
}

TEST_F(PackTest, UnpackedTreePacksToTheSameBytes) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root: owners and devices";
  tar::Entry root = tar::Directory("./");
  tar::Entry owned = tar::File("a");
  owned.uid = 3000000;
  owned.mode = 04711;
  owned.xattrs = {{"user.a", "1"}, {"user.b", ""}};
  tar::Entry null = tar::File("null");
  null.type = tar::Type::kCharDevice;
  null.major = 1;
  null.minor = 3;
  const std::string archive =
      tar::MakeArchive({{root, ""},
                        {owned, std::string(300000, 'x')},
                        {tar::Directory("d/"), ""},
                        {tar::File("d/\xff"), "y"},
                        {tar::HardLink("e", "a"), ""},
                        {null, ""}});
  const sys::Fd fd = *sys::Open(root_, O_RDONLY | O_DIRECTORY);
  tar::StringChunks chunks(archive);
  ASSERT_TRUE(UnpackTar(&chunks, fd.get()).ok());
  const std::string packed = PackTree(root_);
  // A hard link's header repeats the attributes of its inode.
  tar::Entry link = owned;
  link.type = tar::Type::kHardLink;
  link.name = "e";
  link.link = "a";
  link.xattrs.clear();
  EXPECT_TRUE(packed == tar::MakeArchive({{root, ""},
                                          {owned, std::string(300000, 'x')},
                                          {tar::Directory("d/"), ""},
                                          {tar::File("d/\xff"), "y"},
                                          {link, ""},
                                          {null, ""}}));
}

}  // namespace
}  // namespace cleat::layer
