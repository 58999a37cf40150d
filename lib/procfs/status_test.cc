#include "lib/procfs/status.h"

#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::procfs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Shortened; of a container's process as the host sees it.
constexpr char kContainer[] =
    "Name:\tnginx: worker\n"
    "Umask:\t0022\n"
    "State:\tS (sleeping)\n"
    "Tgid:\t812\n"
    "Pid:\t813\n"
    "PPid:\t800\n"
    "Uid:\t101\t102\t103\t104\n"
    "Gid:\t201\t202\t203\t204\n"
    "Groups:\t4 24 4294967294 \n"
    "NSpid:\t813\t9\n"
    "Threads:\t3\n"
    "CapInh:\t0000000000000001\n"
    "CapPrm:\t0000000000000002\n"
    "CapEff:\t00000000a80425fb\n"
    "CapBnd:\t000001ffffffffff\n"
    "CapAmb:\t0000000000000005\n"
    "NoNewPrivs:\t1\n"
    "Seccomp:\t2\n"
    "Seccomp_filters:\t1\n"
    "Mems_allowed:\t00000000,00000001\n";

TEST(ParseStatusTest, TakesTheLinesThatAreUsed) {
  const absl::StatusOr<ProcessStatus> status = ParseStatus(kContainer);
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->name, "nginx: worker");
  EXPECT_EQ(status->state, 'S');
  EXPECT_EQ(status->tgid, 812);
  EXPECT_EQ(status->pid, 813);
  EXPECT_EQ(status->ppid, 800);
  EXPECT_EQ(status->threads, 3);
  EXPECT_TRUE(status->no_new_privs);
  EXPECT_EQ(status->seccomp, 2);
  EXPECT_EQ(status->seccomp_filters, 1);
}

TEST(ParseStatusTest, IdsAreTakenInOrder) {
  const ProcessStatus status = *ParseStatus(kContainer);
  EXPECT_EQ(status.uid.real, 101);
  EXPECT_EQ(status.uid.effective, 102);
  EXPECT_EQ(status.uid.saved, 103);
  EXPECT_EQ(status.uid.file_system, 104);
  EXPECT_EQ(status.gid.effective, 202);
  EXPECT_THAT(status.groups, ElementsAre(4, 24, 4294967294));
  EXPECT_THAT(status.namespace_pids, ElementsAre(813, 9));
}

TEST(ParseStatusTest, CapabilitiesAreHexadecimalMasks) {
  const Capabilities capabilities = ParseStatus(kContainer)->capabilities;
  EXPECT_EQ(capabilities.inheritable, 1);
  EXPECT_EQ(capabilities.permitted, 2);
  EXPECT_EQ(capabilities.effective, 0xa80425fb);
  EXPECT_EQ(capabilities.bounding, 0x1ffffffffff);
  EXPECT_EQ(capabilities.ambient, 5);
}

TEST(ParseStatusTest, ListMayBeEmpty) {
  EXPECT_THAT(ParseStatus("Groups:\t \n")->groups, IsEmpty());
}

TEST(ParseStatusTest, WrongLineIsNamed) {
  for (const char* line :
       {"State:", "Pid:\tx", "Uid:\t1\t2\t3", "Gid:\t1 2 3 y", "CapEff:\tq",
        "NoNewPrivs:\t2", "NSpid:\t1\tz"}) {
    const absl::Status status = ParseStatus(line).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << line;
    EXPECT_THAT(status.message(), HasSubstr(line));
  }
}

TEST(ReadStatusTest, OwnProcessIsFound) {
  const absl::StatusOr<ProcessStatus> status = ReadStatus();
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->pid, getpid());
  EXPECT_EQ(status->uid.effective, geteuid());
}

}  // namespace
}  // namespace cleat::procfs
