#include "lib/runtime/binds.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/mount/idmapped.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

// Masked and read-only paths are names of procfs: nothing else comes to lie at
// /proc.
absl::Status CheckProc(const MountPlan& mount, int source) {
  if (mount.destination != "/proc") return absl::OkStatus();
  struct statfs info;
  if (fstatfs(source, &info) != 0) return sys::ErrnoError("check ", "/proc");
  if (info.f_type == PROC_SUPER_MAGIC) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "bind ", mount.source, " at /proc: only procfs may be mounted there"));
}

absl::Status Identify(int source, MountPlan* mount) {
  struct stat info;
  if (fstat(source, &info) != 0) return sys::ErrnoError("stat ", mount->source);
  mount->is_file = !S_ISDIR(info.st_mode);
  mount->device = info.st_dev;
  mount->inode = info.st_ino;
  return CheckProc(*mount, source);
}

absl::Status SetIdMapOf(const MountPlan& mount, int tree) {
  if (!mount.options.idmap) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd names,
                         mount::MakeIdMapNamespace(mount.users, mount.groups));
  return mount::SetIdMap(tree, names.get(), mount.options.recursive_idmap);
}

absl::Status Prepare(MountPlan* mount, int tree) {
  CLEAT_RETURN_IF_ERROR(SetIdMapOf(*mount, tree));
  if (SetBindOptions(tree, mount->options) == 0) return absl::OkStatus();
  mount->options_by_path = errno == ENOSYS;
  if (mount->options_by_path) return absl::OkStatus();
  return sys::ErrnoError("set mount options");
}

// No descriptor where the caller may not bind.
absl::StatusOr<sys::Fd> OpenBind(MountPlan* mount) {
  trace::Span span("open bind source", mount->source);
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd source,
                         sys::Open(mount->source, O_PATH));
  CLEAT_RETURN_IF_ERROR(Identify(source.get(), mount));
  sys::Fd tree(CloneBind(source.get(), *mount));
  if (!tree.valid() && errno == EPERM && !mount->options.idmap) return tree;
  if (!tree.valid()) return sys::ErrnoError("bind ", mount->source);
  const absl::Status prepared = Prepare(mount, tree.get());
  if (prepared.ok()) return tree;
  return absl::Status(prepared.code(), absl::StrCat("bind ", mount->source,
                                                    ": ", prepared.message()));
}

// One mount_setattr(2), if there is anything to set.
int SetAttributes(int tree, uint64_t set, uint64_t clear, uint64_t propagation,
                  bool recursive) {
  if (set == 0 && clear == 0 && propagation == 0) return 0;
  struct mount_attr attributes = {};
  attributes.attr_set = set;
  attributes.attr_clr = clear;
  attributes.propagation = propagation;
  const unsigned int flags =
      AT_EMPTY_PATH | (recursive ? unsigned{AT_RECURSIVE} : 0);
  return mount_setattr(tree, "", flags, &attributes, sizeof(attributes));
}

}  // namespace

absl::StatusOr<std::vector<sys::Fd>> OpenBinds(Plan* plan) {
  std::vector<sys::Fd> trees;
  for (MountPlan& mount : plan->mounts) {
    if (!mount.options.bind) continue;
    CLEAT_ASSIGN_OR_RETURN(sys::Fd tree, OpenBind(&mount));
    mount.tree = tree.get();
    trees.push_back(std::move(tree));
  }
  return trees;
}

int CloneBind(int source, const MountPlan& mount) {
  const unsigned int flags =
      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
      (mount.options.recursive_bind ? unsigned{AT_RECURSIVE} : 0);
  return open_tree(source, "", flags);
}

int SetBindOptions(int tree, const mount::Options& options) {
  const bool all = (options.propagation & MS_REC) != 0;
  const uint64_t propagation = options.propagation & ~uint64_t{MS_REC};
  if (SetAttributes(tree, options.recursive_set, options.recursive_clear,
                    all ? propagation : 0, /*recursive=*/true) != 0) {
    return -1;
  }
  return SetAttributes(tree, options.set, options.clear, all ? 0 : propagation,
                       /*recursive=*/false);
}

// By path, for that is how mount(2) takes a mount; /proc is the host's until
// the root is pivoted.
int SetBindOptionsByPath(int tree, const mount::Options& options) {
  if (options.recursive_set != 0 || options.recursive_clear != 0) {
    errno = ENOSYS;
    return -1;
  }
  char path[32];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", tree);
  struct statvfs info;
  if (fstatvfs(tree, &info) != 0) return -1;
  // The bits of MOUNT_ATTR_*, of statvfs(3) and of mount(2) are the same from
  // read-only to noexec; of the access times only what is there already stays.
  constexpr uint64_t kSame = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  const uint64_t now = info.f_flag & (kSame | MS_NOATIME | MS_NODIRATIME);
  const uint64_t then =
      (now & ~(options.clear & kSame)) | (options.set & kSame);
  if (then != now && ::mount(nullptr, path, nullptr,
                             MS_REMOUNT | MS_BIND | then, nullptr) != 0) {
    return -1;
  }
  if (options.propagation == 0) return 0;
  return ::mount(nullptr, path, nullptr, options.propagation, nullptr);
}

}  // namespace cleat::runtime
