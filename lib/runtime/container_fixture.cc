#include "lib/runtime/container_fixture.h"

#include <fcntl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/mount/overlay.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::runtime {
namespace {

constexpr char kBusybox[] = "/bin/busybox";
constexpr const char* kApplets[] = {"sh", "cat", "ls", "sleep", "true", "yes"};

}  // namespace

void ContainerFixture::SetUp() {
  if (geteuid() != 0) GTEST_SKIP() << "making namespaces needs root";
  if (access(kBusybox, X_OK) != 0) {
    GTEST_SKIP() << kBusybox << " is missing (busybox-static)";
  }
  directory_ = absl::StrCat(::testing::TempDir(), "/container.", getpid());
  for (const char* name : {"/root/bin", "/root/etc", "/upper", "/work"}) {
    ASSERT_TRUE(sys::MakeDirectories(directory_ + name).ok());
  }
  const std::string busybox = *sys::ReadFile(kBusybox);
  ASSERT_TRUE(sys::WriteFileAtomic(Image("bin/busybox"), busybox, 0755).ok());
  for (const char* applet : kApplets) {
    const std::string link = Image(absl::StrCat("bin/", applet));
    ASSERT_EQ(symlink("busybox", link.c_str()), 0);
  }
  sources_.id = "0123456789abcdef";
}

void ContainerFixture::TearDown() {
  if (directory_.empty()) return;
  EXPECT_TRUE(sys::RemoveTree(directory_).ok());
}

std::string ContainerFixture::Image(const std::string& path) const {
  return absl::StrCat(directory_, "/root/", path);
}

std::string ContainerFixture::Upper(const std::string& path) const {
  return absl::StrCat(directory_, "/upper/", path);
}

absl::StatusOr<proto::oci::Spec> ContainerFixture::Prepare(
    const std::vector<std::string>& args, Resources* resources) {
  mount::Overlay overlay;
  overlay.lower = {directory_ + "/root"};
  overlay.upper = directory_ + "/upper";
  overlay.work = directory_ + "/work";
  CLEAT_ASSIGN_OR_RETURN(resources->root, mount::MountOverlay(overlay));
  sources_.process.clear_args();
  for (const std::string& arg : args) sources_.process.add_args(arg);
  CLEAT_ASSIGN_OR_RETURN(proto::oci::Spec spec,
                         BuildSpec(sources_, resources->root.get()));
  if (edit_ != nullptr) edit_(spec);
  return spec;
}

absl::StatusOr<Container> ContainerFixture::CreateOne(
    const std::vector<std::string>& args, int output) {
  Resources resources;
  CLEAT_ASSIGN_OR_RETURN(const proto::oci::Spec spec,
                         Prepare(args, &resources));
  resources.standard[1] = output;
  return Create(spec, std::move(resources));
}

absl::StatusOr<int> ContainerFixture::Run(
    const std::vector<std::string>& args) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return sys::ErrnoError("make pipe");
  const sys::Fd read_end(ends[0]);
  sys::Fd write_end(ends[1]);
  CLEAT_ASSIGN_OR_RETURN(Container container, CreateOne(args, write_end.get()));
  write_end.Reset();
  CLEAT_RETURN_IF_ERROR(container.Start());
  CLEAT_ASSIGN_OR_RETURN(output_,
                         sys::ReadAll(read_end.get(), 1 << 20, "output"));
  return container.Wait();
}

std::string ContainerFixture::Shell(const std::string& script) {
  const absl::StatusOr<int> status = Run({"/bin/sh", "-c", script});
  EXPECT_TRUE(status.ok()) << status.status();
  return output_;
}

}  // namespace cleat::runtime
