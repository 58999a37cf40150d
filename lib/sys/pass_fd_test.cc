#include "lib/sys/pass_fd.h"

#include <fcntl.h>
#include <sys/stat.h>

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

}  // namespace
}  // namespace cleat::sys
