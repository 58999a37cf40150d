#include "lib/cgroup/normal.h"

#include <sys/stat.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::cgroup {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string File(const std::string& text) {
  const absl::StatusOr<std::string> normal = NormalFile(text);
  return normal.ok() ? *normal : std::string(normal.status().message());
}

TEST(NormalizeTest, TextsTakeTheKernelsForm) {
  proto::CgroupSpec spec;
  spec.add_blkio_weight_device("8:0:500");
  spec.add_device_read_bps("8:0:1mb");
  spec.add_device_write_iops("8:16:100");
  spec.add_io_latency("8:0:10ms");
  spec.add_io_cost("8:0:enable=1,rpct=95.00");
  spec.add_hugetlb("2m:64m");
  spec.add_rdma("mlx4_0:hca_handle=2,hca_object=max");
  spec.add_misc("sev:max");
  spec.add_net_prio("eth0:5");
  spec.set_net_cls("10:1");
  const absl::StatusOr<proto::CgroupSpec> normal = Normalize(spec);
  ASSERT_TRUE(normal.ok()) << normal.status();
  EXPECT_THAT(normal->blkio_weight_device(), ElementsAre("8:0 500"));
  EXPECT_THAT(normal->device_read_bps(), ElementsAre("8:0 1048576"));
  EXPECT_THAT(normal->device_write_iops(), ElementsAre("8:16 100"));
  EXPECT_THAT(normal->io_latency(), ElementsAre("8:0 10000"));
  EXPECT_THAT(normal->io_cost(), ElementsAre("8:0 enable=1 rpct=95.00"));
  EXPECT_THAT(normal->hugetlb(), ElementsAre("2MB 67108864"));
  EXPECT_THAT(normal->rdma(),
              ElementsAre("mlx4_0 hca_handle=2 hca_object=max"));
  EXPECT_THAT(normal->misc(), ElementsAre("sev max"));
  EXPECT_THAT(normal->net_prio(), ElementsAre("eth0 5"));
  EXPECT_EQ(normal->net_cls(), "1048577");
}

TEST(NormalizeTest, ClassIsANumberToo) {
  proto::CgroupSpec spec;
  for (const char* text : {"0x100001", "1048577"}) {
    spec.set_net_cls(text);
    EXPECT_EQ(Normalize(spec)->net_cls(), "1048577") << text;
  }
}

// Each with what of it is named.
TEST(NormalizeTest, WrongTextsAreNamed) {
  const struct {
    void (*set)(proto::CgroupSpec& spec);
    const char* error;
  } kWrong[] = {
      {[](auto& s) { s.add_device_read_bps("1mb"); },
       "device-read-bps: '1mb' is not DEVICE:SIZE"},
      {[](auto& s) { s.add_device_read_bps("8:0:much"); }, "'much' is not"},
      {[](auto& s) { s.add_device_read_bps("sda:1m"); },
       "'sda' is not the path of a block device"},
      {[](auto& s) { s.add_device_write_bps("/dev/null:1m"); },
       "'/dev/null' is not a block device"},
      {[](auto& s) { s.add_device_write_bps("/nonexistent:1m"); },
       "device-write-bps: '/nonexistent': No such file"},
      {[](auto& s) { s.add_blkio_weight_device("8:0:5"); }, "10 to 1000"},
      {[](auto& s) { s.add_device_read_iops("8:0:-1"); }, "a whole number"},
      {[](auto& s) { s.add_io_cost("8:0:enable"); }, "'enable' is not KEY="},
      {[](auto& s) { s.add_hugetlb("3x:1m"); }, "a size of pages"},
      {[](auto& s) { s.add_misc("sev"); }, "RESOURCE:NUMBER"},
      {[](auto& s) { s.add_rdma("a b:hca_handle=1"); }, "DEVICE:KEY=NUMBER"},
      {[](auto& s) { s.set_net_cls("x:y"); }, "net-cls: 'x:y' is not a class"},
      {[](auto& s) { s.add_unified("memory.high"); }, "FILE=VALUE"},
      {[](auto& s) { s.add_files("../cpu.max=1"); }, "FILE=VALUE"},
      {[](auto& s) { s.add_files("memory.high=1x"); }, "'1x' is not a size"},
  };
  for (const auto& wrong : kWrong) {
    proto::CgroupSpec spec;
    wrong.set(spec);
    const absl::Status status = Normalize(spec).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(wrong.error));
  }
}

TEST(NormalFileTest, UnitsAreThoseOfTheFile) {
  EXPECT_EQ(File("memory.high=1g"), "memory.high=1073741824");
  EXPECT_EQ(File("memory.high=max"), "memory.high=max");
  EXPECT_EQ(File("memory.limit_in_bytes=4096"), "memory.limit_in_bytes=4096");
  EXPECT_EQ(File("cpu.cfs_quota_us=50ms"), "cpu.cfs_quota_us=50000");
  EXPECT_EQ(File("cpu.cfs_quota_us=50000"), "cpu.cfs_quota_us=50000");
  EXPECT_EQ(File("cpu.max=50000 100000"), "cpu.max=50000 100000");
  EXPECT_EQ(File("io.max=8:0 rbps=1m wiops=120"),
            "io.max=8:0 rbps=1048576 wiops=120");
  EXPECT_EQ(File("blkio.throttle.read_bps_device=8:0 1k"),
            "blkio.throttle.read_bps_device=8:0 1024");
  EXPECT_THAT(File("io.max=/dev/null rbps=1m"), HasSubstr("a block device"));
}

TEST(BlockDeviceTest, PathIsItsNumber) {
  struct stat info;
  if (stat("/dev/loop0", &info) != 0) GTEST_SKIP() << "no /dev/loop0";
  EXPECT_EQ(*BlockDevice("/dev/loop0"), "7:0");
}

}  // namespace
}  // namespace cleat::cgroup
