#include "lib/runtime/init_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/trace.h"
#include "lib/runtime/beneath.h"
#include "lib/sys/fd.h"

namespace cleat::runtime {
namespace {

constexpr unsigned int kAttach =
    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;

void Configure(const MountPlan& mount, int context,
               const sys::ChildReport& report) {
  report.Check(
      fsconfig(context, FSCONFIG_SET_STRING, "source", mount.source.c_str(), 0),
      "set mount source", mount.source);
  for (const mount::Options::Parameter& parameter : mount.options.parameters) {
    const auto command =
        parameter.is_flag ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
    const char* value = parameter.is_flag ? nullptr : parameter.value.c_str();
    report.Check(fsconfig(context, command, parameter.key.c_str(), value, 0),
                 "set mount option", parameter.key);
  }
}

// The file system alone, attached nowhere.
int MakeFileSystem(const MountPlan& mount, const sys::ChildReport& report) {
  const sys::Fd context(report.Check(fsopen(mount.type.c_str(), FSOPEN_CLOEXEC),
                                     "mount type", mount.type));
  Configure(mount, context.get(), report);
  report.Check(
      fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0),
      "mount", mount.destination);
  return report.Check(fsmount(context.get(), FSMOUNT_CLOEXEC,
                              static_cast<unsigned int>(mount.options.set)),
                      "mount", mount.destination);
}

// A link in the image may redirect a mount within the root, but not that of
// /proc or /sys: what is masked and written below them goes by these names.
uint64_t ResolveFlags(const MountPlan& mount) {
  const bool fixed = mount.type == "proc" || mount.type == "sysfs";
  return fixed ? RESOLVE_NO_SYMLINKS : 0;
}

void MountOne(const MountPlan& mount, int root,
              const sys::ChildReport& report) {
  trace::Span span("mount", mount.destination);
  const sys::Fd made(MakeFileSystem(mount, report));
  const sys::Fd target(report.Check(
      OpenDirectoryBelow(root, mount.destination.c_str(), ResolveFlags(mount)),
      "open mount point", mount.destination));
  report.Check(move_mount(made.get(), "", target.get(), "", kAttach),
               "attach mount at", mount.destination);
}

// Before Linux 5.12 only by path; /proc is the host's until the root is
// pivoted.
int RemountReadOnly(int mount) {
  struct statvfs info;
  char path[32];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", mount);
  if (fstatvfs(mount, &info) != 0) return -1;
  // These bits are the same in statvfs(3) and mount(2).
  const unsigned long kept = info.f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC |
                                            MS_NOATIME | MS_NODIRATIME);
  return ::mount(nullptr, path, nullptr,
                 MS_REMOUNT | MS_BIND | MS_RDONLY | kept, nullptr);
}

// `mount` is any descriptor on an attached mount.
int MakeReadOnly(int mount, bool recursive) {
  struct mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  const unsigned int flags =
      AT_EMPTY_PATH | (recursive ? unsigned{AT_RECURSIVE} : 0);
  if (mount_setattr(mount, "", flags, &attributes, sizeof(attributes)) == 0) {
    return 0;
  }
  return errno == ENOSYS ? RemountReadOnly(mount) : -1;
}

// Opens what is at `path`, if anything; the path must be free of links.
int OpenIfPresent(int root, const std::string& path,
                  const sys::ChildReport& report) {
  const int fd =
      OpenBelow(root, path.c_str(), O_PATH | O_NOFOLLOW, RESOLVE_NO_SYMLINKS);
  if (fd < 0 && errno != ENOENT && errno != ENOTDIR) {
    report.Fail("open", path, errno);
  }
  return fd;
}

// Binds `what` over `where`; both are descriptors.
int BindOver(int what, int where, bool recursive) {
  const unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
                             AT_EMPTY_PATH |
                             (recursive ? unsigned{AT_RECURSIVE} : 0);
  const int tree = open_tree(what, "", flags);
  if (tree < 0) return -1;
  if (move_mount(tree, "", where, "", kAttach) == 0) return tree;
  close(tree);
  return -1;
}

void SetPathReadOnly(const std::string& path, int root,
                     const sys::ChildReport& report) {
  const sys::Fd target(OpenIfPresent(root, path, report));
  if (!target.valid()) return;
  const sys::Fd bound(
      report.Check(BindOver(target.get(), target.get(), true), "bind", path));
  report.Check(MakeReadOnly(bound.get(), true), "set read-only", path);
}

// The null device that this process has made; anything else there would be a
// way to write where it leads (CVE-2025-31133).
int OpenNullDevice(int root, const sys::ChildReport& report) {
  const int fd = report.Check(OpenBelow(root, "/dev/null", O_PATH | O_NOFOLLOW),
                              "open", "/dev/null");
  struct stat info;
  report.Check(fstat(fd, &info), "stat", "/dev/null");
  if (!S_ISCHR(info.st_mode) || info.st_rdev != makedev(1, 3)) {
    report.Refuse("mask paths with", "/dev/null", "not the null device");
  }
  return fd;
}

// An empty directory that nobody can fill, attached nowhere.
int MakeEmptyDirectory(const sys::ChildReport& report) {
  const sys::Fd context(
      report.Check(fsopen("tmpfs", FSOPEN_CLOEXEC), "mount type", "tmpfs"));
  report.Check(
      fsconfig(context.get(), FSCONFIG_SET_STRING, "source", "tmpfs", 0),
      "set mount source", "tmpfs");
  report.Check(
      fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0),
      "mount", "tmpfs");
  return report.Check(fsmount(context.get(), FSMOUNT_CLOEXEC,
                              MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
                                  MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC),
                      "mount", "tmpfs");
}

// All masked directories are one: the first is the mount itself, the others
// are binds of it.
void MaskDirectory(const std::string& path, int target, sys::Fd& empty,
                   const sys::ChildReport& report) {
  if (empty.valid()) {
    const sys::Fd bound(
        report.Check(BindOver(empty.get(), target, false), "mask", path));
    return;
  }
  empty.Reset(MakeEmptyDirectory(report));
  report.Check(move_mount(empty.get(), "", target, "", kAttach), "mask", path);
}

void MaskFile(const std::string& path, int root, int target,
              sys::Fd& null_device, const sys::ChildReport& report) {
  if (!null_device.valid()) null_device.Reset(OpenNullDevice(root, report));
  const sys::Fd bound(
      report.Check(BindOver(null_device.get(), target, false), "mask", path));
}

}  // namespace

void AttachRoot(const Plan& plan, int root, const sys::ChildReport& report) {
  trace::Span span("attach root", "/");
  report.Check(::mount("", "/", nullptr, plan.propagation, nullptr),
               "set mount propagation of", "/");
  // On top of "/": a place that is always there, and only of this namespace.
  // Absolute paths still start beneath it until the root is pivoted.
  report.Check(move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH),
               "attach root at", "/");
}

void MountAll(const Plan& plan, int root, const sys::ChildReport& report) {
  for (const MountPlan& mount : plan.mounts) MountOne(mount, root, report);
}

void SetReadOnly(const Plan& plan, int root, const sys::ChildReport& report) {
  trace::Span span("set read-only", "");
  for (const std::string& path : plan.read_only) {
    SetPathReadOnly(path, root, report);
  }
  for (const MountPlan& mount : plan.mounts) {
    if (!mount.read_only_at_last) continue;
    const sys::Fd fd(report.Check(
        OpenBelow(root, mount.destination.c_str(), O_PATH | O_DIRECTORY),
        "open", mount.destination));
    report.Check(MakeReadOnly(fd.get(), false), "set read-only",
                 mount.destination);
  }
  if (plan.root_read_only) {
    report.Check(MakeReadOnly(root, false), "set read-only", "/");
  }
}

void MaskPaths(const Plan& plan, int root, const sys::ChildReport& report) {
  trace::Span span("mask paths", "");
  sys::Fd null_device;
  sys::Fd empty;
  for (const std::string& path : plan.masked) {
    const sys::Fd target(OpenIfPresent(root, path, report));
    if (!target.valid()) continue;
    struct stat info;
    report.Check(fstat(target.get(), &info), "stat", path);
    if (S_ISDIR(info.st_mode)) {
      MaskDirectory(path, target.get(), empty, report);
    } else {
      MaskFile(path, root, target.get(), null_device, report);
    }
  }
}

void PivotRoot(const Plan& plan, int root, const sys::ChildReport& report) {
  trace::Span span("pivot root", "/");
  report.Check(fchdir(root), "change to", "the new root");
  // The old root comes to lie on top of the new one, from where it is taken
  // (pivot_root(2), "pivot_root(".", ".")").
  report.Check(syscall(SYS_pivot_root, ".", "."), "pivot root to",
               "the new root");
  report.Check(umount2(".", MNT_DETACH), "unmount", "the old root");
  if (plan.root_propagation == 0) return;
  report.Check(::mount("", "/", nullptr, plan.root_propagation, nullptr),
               "set mount propagation of", "/");
}

}  // namespace cleat::runtime
