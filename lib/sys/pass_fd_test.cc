#include "lib/sys/pass_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <vector>

#include "gtest/gtest.h"

namespace cleat::sys {
namespace {

TEST(PassFdTest, CopyIsOfTheSameFileAndClosedByExec) {
  absl::StatusOr<SocketPair> sockets = MakeSocketPair();
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  const Fd null(open("/dev/null", O_RDONLY));
  ASSERT_EQ(SendFd(sockets->child.get(), null.get(), "null"), 0);
  const absl::StatusOr<Fd> copy = ReceiveFd(sockets->parent.get());
  ASSERT_TRUE(copy.ok()) << copy.status();
  struct stat sent, received;
  ASSERT_EQ(fstat(null.get(), &sent), 0);
  ASSERT_EQ(fstat(copy->get(), &received), 0);
  EXPECT_EQ(sent.st_rdev, received.st_rdev);
  EXPECT_EQ(fcntl(copy->get(), F_GETFD), FD_CLOEXEC);
}

TEST(PassFdTest, EndWithoutADescriptorIsAnError) {
  absl::StatusOr<SocketPair> sockets = MakeSocketPair();
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  sockets->child.Reset();
  EXPECT_TRUE(
      absl::IsFailedPrecondition(ReceiveFd(sockets->parent.get()).status()));
  EXPECT_EQ(SendFd(sockets->parent.get(), 0, "nobody"), -1);
}

TEST(PassFdTest, SeveralComeInOrder) {
  absl::StatusOr<SocketPair> sockets = MakeSocketPair();
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  const Fd null(open("/dev/null", O_RDONLY));
  const Fd zero(open("/dev/zero", O_RDONLY));
  ASSERT_EQ(SendFds(sockets->parent.get(), {null.get(), zero.get()}, "both"),
            0);
  int fds[kMaxPassed];
  ASSERT_EQ(ReceiveFds(sockets->child.get(), fds), 2);
  const Fd first(fds[0]);
  const Fd second(fds[1]);
  struct stat info;
  ASSERT_EQ(fstat(first.get(), &info), 0);
  EXPECT_EQ(info.st_rdev, makedev(1, 3));
  ASSERT_EQ(fstat(second.get(), &info), 0);
  EXPECT_EQ(info.st_rdev, makedev(1, 5));
  EXPECT_EQ(fcntl(second.get(), F_GETFD), FD_CLOEXEC);
}

TEST(PassFdTest, WordBringsNone) {
  absl::StatusOr<SocketPair> sockets = MakeSocketPair();
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  int fds[kMaxPassed];
  ASSERT_EQ(SendFds(sockets->parent.get(), {}, "word"), 0);
  EXPECT_EQ(ReceiveFds(sockets->child.get(), fds), 0);
  sockets->parent.Reset();
  EXPECT_EQ(ReceiveFds(sockets->child.get(), fds), -1);
}

TEST(PassFdTest, TooManyAreRefused) {
  absl::StatusOr<SocketPair> sockets = MakeSocketPair();
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  const std::vector<int> many(kMaxPassed + 1, sockets->child.get());
  EXPECT_EQ(SendFds(sockets->parent.get(), many, "many"), -1);
  EXPECT_EQ(errno, EMSGSIZE);
}

}  // namespace
}  // namespace cleat::sys
