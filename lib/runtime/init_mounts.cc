#include "lib/runtime/init_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/string_view.h"
#include "lib/base/trace.h"
#include "lib/runtime/beneath.h"
#include "lib/runtime/binds.h"
#include "lib/runtime/cgroup_view.h"
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

// The host's own file system in the place of a new one, read-only.
int BindHost(const MountPlan& mount, const char* path,
             const sys::ChildReport& report) {
  const int tree = report.Check(
      open_tree(AT_FDCWD, path,
                OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE),
      "bind", path);
  mount::Options options;
  options.recursive_set = mount.options.set | MOUNT_ATTR_RDONLY;
  report.Check(SetBindOptions(tree, options), "set mount options of", path);
  return tree;
}

// In a user namespace, the kernel mounts a new procfs or sysfs only where that
// uncovers nothing that the present one hides, and sysfs only with a network
// namespace of its own (mount_namespaces(7), "Restrictions").
int MakeInstead(const MountPlan& mount, const sys::ChildReport& report) {
  const int error = errno;
  if (error == EPERM && mount.type == "sysfs") {
    return BindHost(mount, "/sys", report);
  }
  if (error == EPERM && mount.type == "proc") {
    report.Refuse("mount", mount.destination,
                  "parts of this process's own /proc are covered, and a new "
                  "one would show them: run what is around this with an open "
                  "one (--security-opt=systempaths=unconfined)");
  }
  report.Fail("mount", mount.destination, error);
}

// The file system alone, attached nowhere.
int MakeFileSystem(const MountPlan& mount, const sys::ChildReport& report) {
  const sys::Fd context(fsopen(mount.type.c_str(), FSOPEN_CLOEXEC));
  if (!context.valid() && errno == EPERM) return MakeInstead(mount, report);
  report.Check(context.get(), "mount type", mount.type);
  Configure(mount, context.get(), report);
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return MakeInstead(mount, report);
  }
  const int made = fsmount(context.get(), FSMOUNT_CLOEXEC,
                           static_cast<unsigned int>(mount.options.set));
  return made >= 0 ? made : MakeInstead(mount, report);
}

// A link in the image may redirect a mount within the root, but not that of
// /proc or /sys: what is masked and written below them goes by these names.
uint64_t ResolveFlags(const MountPlan& mount) {
  const bool fixed = mount.type == "proc" || mount.type == "sysfs";
  return fixed ? RESOLVE_NO_SYMLINKS : 0;
}

// What a caller without rights over his own mounts could not bind: the
// same file, found anew in this namespace.
int CloneSource(const MountPlan& mount, const sys::ChildReport& report) {
  const sys::Fd source(report.Check(
      open(mount.source.c_str(), O_PATH | O_CLOEXEC), "open", mount.source));
  struct stat info;
  report.Check(fstat(source.get(), &info), "stat", mount.source);
  if (info.st_dev != mount.device || info.st_ino != mount.inode) {
    report.Refuse("bind", mount.source, "it has just been replaced");
  }
  const int tree =
      report.Check(CloneBind(source.get(), mount), "bind", mount.source);
  report.Check(SetBindOptions(tree, mount.options), "set mount options of",
               mount.source);
  return tree;
}

// The container's group as the host shows it: the same to look at as a new
// mount in its cgroup namespace, but for the name of its source, and made
// without the kernel's lock on all groups (cgroup1_get_tree). -1 where it
// cannot be bound.
int BindGroup(const MountPlan& mount) {
  sys::Fd tree(open_tree(AT_FDCWD, mount.group.c_str(),
                         OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  struct statfs info;
  if (!tree.valid() || fstatfs(tree.get(), &info) != 0) return -1;
  const auto magic =
      mount.type == "cgroup2" ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC;
  mount::Options options;
  options.set = mount.options.set;
  options.propagation = MS_PRIVATE;
  if (info.f_type != magic || SetBindOptions(tree.get(), options) != 0) {
    return -1;
  }
  return tree.Release();
}

int MakeMount(const MountPlan& mount, const sys::ChildReport& report) {
  if (!mount.group.empty()) {
    const int group = BindGroup(mount);
    if (group >= 0) return group;
  }
  if (!mount.options.bind) return MakeFileSystem(mount, report);
  return mount.tree >= 0 ? mount.tree : CloneSource(mount, report);
}

// The files of procfs that a container may be shown others of: no writing to
// them changes the machine, no security rests on them (runc's list).
constexpr absl::string_view kReplaceable[] = {
    "/proc/cpuinfo",
    "/proc/diskstats",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/swaps",
    "/proc/uptime",
    "/proc/loadavg",
    "/proc/slabinfo",
    "/proc/net/dev",
    "/proc/sys/kernel/ns_last_pid",
    "/proc/sys/crypto/fips_enabled",
};

bool IsReplaceable(absl::string_view path) {
  for (const absl::string_view known : kReplaceable) {
    if (path == known) return true;
  }
  return false;
}

// Whatever a path says, and wherever the image's links lead it: nothing is
// mounted over a file of procfs, by which this process does its work and which
// is hidden by its name (CVE-2019-16884, CVE-2023-27561).
void CheckTarget(const MountPlan& mount, int target,
                 const sys::ChildReport& report) {
  // The root of the whole machine (--root=/) has one, which its own replaces.
  if (mount.type == "proc") return;
  struct statfs info;
  report.Check(fstatfs(target, &info), "check", mount.destination);
  if (info.f_type == PROC_SUPER_MAGIC && !IsReplaceable(mount.destination)) {
    report.Refuse("mount", mount.destination, "it lies in procfs");
  }
}

int OpenTarget(const MountPlan& mount, int root,
               const sys::ChildReport& report) {
  const char* const path = mount.destination.c_str();
  const int target = report.Check(
      mount.is_file ? OpenFileBelow(root, path)
                    : OpenDirectoryBelow(root, path, ResolveFlags(mount)),
      "open mount point", mount.destination);
  CheckTarget(mount, target, report);
  struct stat info;
  report.Check(fstat(target, &info), "stat", mount.destination);
  if (mount.is_file && S_ISDIR(info.st_mode)) {
    report.Refuse("mount", mount.destination,
                  "the source is a file, the mount point a directory");
  }
  return target;
}

// A new file system is private, which is what nearly all ask for.
void SetPropagation(const MountPlan& mount, int made,
                    const sys::ChildReport& report) {
  mount::Options options;
  options.propagation = mount.options.propagation & ~uint64_t{MS_REC};
  if (options.propagation == 0 || options.propagation == MS_PRIVATE) return;
  report.Check(SetBindOptionsByPath(made, options), "set mount propagation of",
               mount.destination);
}

// A tmpfs that has just been made: what lies below it so far is made here.
// Reset, none.
struct Fresh {
  sys::Fd root;
  absl::string_view destination;
};

// The name of a destination right below `fresh`; null where it lies elsewhere.
const char* NameIn(const Fresh& fresh, const std::string& destination) {
  const size_t size = fresh.destination.size();
  if (!fresh.root.valid() || destination.size() <= size + 1 ||
      destination[size] != '/' ||
      destination.compare(0, size, fresh.destination.data(), size) != 0 ||
      destination.find('/', size + 1) != std::string::npos) {
    return nullptr;
  }
  return destination.c_str() + size + 1;
}

// Whether it could be attached to a directory that is new in `fresh`, to which
// there is but one way.
bool AttachIn(const Fresh& fresh, const MountPlan& mount, int made,
              const sys::ChildReport& report) {
  const char* const name = NameIn(fresh, mount.destination);
  if (name == nullptr || mount.is_file ||
      mkdirat(fresh.root.get(), name, 0755) != 0) {
    return false;
  }
  report.Check(
      move_mount(made, "", fresh.root.get(), name, MOVE_MOUNT_F_EMPTY_PATH),
      "attach mount at", mount.destination);
  return true;
}

void AttachBelow(const MountPlan& mount, int made, int root,
                 const sys::ChildReport& report) {
  const sys::Fd target(OpenTarget(mount, root, report));
  report.Check(move_mount(made, "", target.get(), "", kAttach),
               "attach mount at", mount.destination);
}

// What is mounted somewhere else may hide the last tmpfs.
void Remember(const MountPlan& mount, int made, Fresh& fresh,
              const sys::ChildReport& report) {
  fresh.root.Reset();
  if (mount.options.bind || mount.type != "tmpfs") return;
  fresh.root.Reset(report.Check(fcntl(made, F_DUPFD_CLOEXEC, 0),
                                "keep mount at", mount.destination));
  fresh.destination = mount.destination;
}

void MountOne(const MountPlan& mount, int root, Fresh& fresh,
              const sys::ChildReport& report) {
  trace::Span span("mount", mount.destination);
  sys::Fd made(MakeMount(mount, report));
  if (!AttachIn(fresh, mount, made.get(), report)) {
    AttachBelow(mount, made.get(), root, report);
    Remember(mount, made.get(), fresh, report);
  }
  if (mount.options_by_path) {
    report.Check(SetBindOptionsByPath(made.get(), mount.options),
                 "set mount options of", mount.destination);
  }
  if (!mount.options.bind) SetPropagation(mount, made.get(), report);
  if (mount.read_only_at_last) mount.attached = made.Release();
}

// `mount` is any descriptor on an attached mount.
int MakeReadOnly(int mount, bool recursive) {
  mount::Options options;
  (recursive ? options.recursive_set : options.set) = MOUNT_ATTR_RDONLY;
  if (SetBindOptions(mount, options) == 0) return 0;
  if (errno != ENOSYS) return -1;
  options.set = MOUNT_ATTR_RDONLY;
  options.recursive_set = 0;
  return SetBindOptionsByPath(mount, options);
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
  // A root that is bound from the host is as shared as it is there; what is
  // mounted in it shall not be seen from outside.
  mount::Options options;
  options.propagation = plan.propagation;
  const bool set = SetBindOptions(root, options) == 0;
  if (!set && errno != ENOSYS) {
    report.Fail("set mount propagation of", "the root", errno);
  }
  // On top of "/": a place that is always there, and only of this namespace.
  // Absolute paths still start beneath it until the root is pivoted.
  report.Check(move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH),
               "attach root at", "/");
  if (set) return;
  report.Check(SetBindOptionsByPath(root, options), "set mount propagation of",
               "the root");
}

void MountAll(const Plan& plan, int root, const sys::ChildReport& report,
              absl::FunctionRef<void()> enter_groups) {
  Fresh fresh;
  bool entered = false;
  for (const MountPlan& mount : plan.mounts) {
    if (!entered && IsOfCgroups(mount)) {
      enter_groups();
      entered = true;
    }
    MountOne(mount, root, fresh, report);
  }
  if (!entered) enter_groups();
}

void SetReadOnly(const Plan& plan, int root, const sys::ChildReport& report) {
  trace::Span span("set read-only", "");
  for (const std::string& path : plan.read_only) {
    SetPathReadOnly(path, root, report);
  }
  for (const MountPlan& mount : plan.mounts) {
    if (!mount.read_only_at_last) continue;
    const sys::Fd fd(std::exchange(mount.attached, -1));
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
