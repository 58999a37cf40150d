#include "lib/ns/find.h"

#include <fcntl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"

namespace cleat::ns {
namespace {

using ::testing::HasSubstr;

const Kind& kNet = *FindKind("net");
const Kind& kUts = *FindKind("uts");

uint64_t OwnInode(const Kind& kind) {
  const sys::Fd own =
      *sys::Open(absl::StrCat("/proc/self/ns/", kind.file), O_RDONLY);
  return *sys::NamespaceInode(own.get());
}

// Whether `text` names this process's own namespace.
bool IsOwn(const Kind& kind, const std::string& text) {
  const absl::StatusOr<sys::Fd> fd = OpenNamespace(kind, text);
  return fd.ok() && *sys::NamespaceInode(fd->get()) == OwnInode(kind);
}

TEST(FindTest, FilesAndNumbersNameTheSame) {
  const uint64_t inode = OwnInode(kNet);
  EXPECT_TRUE(IsOwn(kNet, "/proc/self/ns/net"));
  EXPECT_TRUE(IsOwn(kNet, absl::StrCat(inode)));
  EXPECT_TRUE(IsOwn(kNet, absl::StrCat("net:[", inode, "]")));
}

TEST(FindTest, TheIdNamesItWhereTheKernelGivesOne) {
  const sys::Fd own = *sys::Open("/proc/self/ns/uts", O_RDONLY);
  const absl::StatusOr<uint64_t> id = sys::NamespaceId(own.get());
  if (!id.ok()) GTEST_SKIP() << id.status().message();
  EXPECT_TRUE(IsOwn(kUts, absl::StrCat(":", *id)));
  EXPECT_TRUE(
      absl::IsNotFound(OpenNamespace(kNet, absl::StrCat(":", *id)).status()));
}

TEST(FindTest, WhatIsNotThereIsNotFound) {
  for (const char* text : {"12", "net:[12]", ":0", "/nowhere"}) {
    EXPECT_TRUE(absl::IsNotFound(OpenNamespace(kNet, text).status())) << text;
  }
  // The number of another kind.
  EXPECT_TRUE(absl::IsNotFound(
      OpenNamespace(kNet, absl::StrCat(OwnInode(kUts))).status()));
}

TEST(FindTest, TextThatIsNoNumberIsAFile) {
  for (const char* text : {"uts:[12]", "net:[12", "net:[]", ":", ":x", "12x",
                           "18446744073709551616"}) {
    EXPECT_THAT(std::string(OpenNamespace(kNet, text).status().message()),
                HasSubstr(absl::StrCat("open ", text)))
        << text;
  }
}

TEST(FindTest, OpeningWaitsForNobody) {
  const std::string fifo = ::testing::TempDir() + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const absl::StatusOr<sys::Fd> fd = OpenNamespace(kNet, fifo);
  unlink(fifo.c_str());
  ASSERT_TRUE(fd.ok());
  EXPECT_THAT(std::string(CheckKind(fd->get(), kNet, "fifo").message()),
              HasSubstr("fifo: no namespace"));
}

TEST(FindTest, AnotherKindIsNamed) {
  const sys::Fd uts = *sys::Open("/proc/self/ns/uts", O_RDONLY);
  EXPECT_TRUE(CheckKind(uts.get(), kUts, "x").ok());
  EXPECT_EQ(CheckKind(uts.get(), kNet, "x").message(),
            "x: of kind uts, not net (--uts enters it)");
}

}  // namespace
}  // namespace cleat::ns
