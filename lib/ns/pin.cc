#include "lib/ns/pin.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/journal/process.h"
#include "lib/ns/hold_open.h"
#include "lib/ns/pin_files.h"
#include "lib/pb/json.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/mount.h"
#include "proto/container.table.h"

namespace cleat::ns {
namespace {

// One at a time makes or removes pins.
absl::StatusOr<sys::Fd> Lock(const std::string& directory) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::Open(directory, O_RDONLY | O_DIRECTORY));
  if (sys::RetryOnEintr([&] { return flock(fd.get(), LOCK_EX); }) == 0) {
    return fd;
  }
  return sys::ErrnoError("lock ", directory);
}

bool IsMountPoint(const std::string& path) {
  struct statx info;
  return statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
               STATX_BASIC_STATS, &info) == 0 &&
         (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

// A mount namespace's file can be mounted only where no copy of the mount could
// go to that namespace; for the others it means that no other one keeps them.
absl::Status MakePrivate(const std::string& directory) {
  if (IsMountPoint(directory)) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd self,
                         sys::CloneMount(AT_FDCWD, directory, false));
  CLEAT_RETURN_IF_ERROR(sys::AttachMount(self.get(), AT_FDCWD, directory));
  if (mount(nullptr, directory.c_str(), nullptr, MS_PRIVATE, nullptr) == 0) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("make private ", directory);
}

absl::Status BindNamespace(const OpenedNamespace& one, const std::string& at) {
  trace::Span span("bind namespace", at);
  const absl::StatusOr<sys::Fd> mount =
      sys::CloneMount(one.fd.get(), "", false);
  absl::Status status = mount.status();
  if (status.ok()) status = sys::AttachMount(mount->get(), AT_FDCWD, at);
  if (status.ok()) return status;
  span.Fail(errno);
  if (one.kind->flag == CLONE_NEWNS && !absl::IsPermissionDenied(status)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "bind ", one.name, " at ", at,
        ": a mount namespace can only be kept in one that is older than it "
        "(--hold keeps it by a process)"));
  }
  return status;
}

absl::Status MakeFile(const std::string& path) {
  return sys::Open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0444)
      .status();
}

absl::Status ByMounts(const std::string& directory,
                      const std::vector<OpenedNamespace>& namespaces,
                      std::vector<std::string>* paths) {
  for (const OpenedNamespace& one : namespaces) {
    paths->push_back(absl::StrCat(directory, "/", one.kind->file));
    CLEAT_RETURN_IF_ERROR(MakeFile(paths->back()));
    CLEAT_RETURN_IF_ERROR(BindNamespace(one, paths->back()));
  }
  return absl::OkStatus();
}

absl::Status ByProcess(const std::string& directory,
                       const std::vector<OpenedNamespace>& namespaces,
                       std::vector<std::string>* paths) {
  std::vector<int> fds;
  fds.reserve(namespaces.size());
  for (const OpenedNamespace& one : namespaces) fds.push_back(one.fd.get());
  CLEAT_ASSIGN_OR_RETURN(const HoldingProcess process, HoldOpen(fds, "ns-pin"));
  auto end = absl::MakeCleanup(
      [&] { journal::EndProcess(process.id, 0).IgnoreError(); });
  CLEAT_RETURN_IF_ERROR(
      sys::WriteFileAtomic(absl::StrCat(directory, "/", kHolderFile),
                           pb::ToJson(process.id), 0600, sys::Sync::kNo));
  for (size_t i = 0; i < namespaces.size(); ++i) {
    paths->push_back(absl::StrCat(directory, "/", namespaces[i].kind->file));
    if (symlink(process.paths[i].c_str(), paths->back().c_str()) != 0) {
      return sys::ErrnoError("make link ", paths->back());
    }
  }
  std::move(end).Cancel();
  return absl::OkStatus();
}

absl::Status RemovePin(const std::string& directory) {
  const absl::optional<proto::ProcessId> holder = ReadHolder(directory);
  if (holder.has_value()) {
    CLEAT_RETURN_IF_ERROR(journal::EndProcess(*holder, 0));
  }
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> files,
                         sys::ListDirectory(directory));
  for (const std::string& file : files) {
    const std::string path = absl::StrCat(directory, "/", file);
    if (IsMountPoint(path)) CLEAT_RETURN_IF_ERROR(sys::DetachMount(path));
    if (unlink(path.c_str()) != 0) return sys::ErrnoError("remove ", path);
  }
  if (rmdir(directory.c_str()) == 0) return absl::OkStatus();
  return sys::ErrnoError("remove ", directory);
}

// Leaves no mount behind when the last pin is gone.
void RemoveIfEmpty(const std::string& all) {
  const auto pins = sys::ListDirectory(all);
  if (!pins.ok() || !pins->empty()) return;
  umount2(all.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
  rmdir(all.c_str());
}

bool IsNamespaceFile(const std::string& path) {
  struct statfs info;
  return statfs(path.c_str(), &info) == 0 && info.f_type == NSFS_MAGIC;
}

// An empty file that was there for the mount is of no use any more.
absl::Status ReleaseFile(const std::string& path) {
  if (!sys::Exists(path)) {
    return absl::NotFoundError(absl::StrCat(path, ": nothing is kept there"));
  }
  if (!IsMountPoint(path) || !IsNamespaceFile(path)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": no bind mount of a namespace"));
  }
  CLEAT_RETURN_IF_ERROR(sys::DetachMount(path));
  struct stat info;
  const bool empty = lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
                     info.st_size == 0;
  if (!empty || unlink(path.c_str()) == 0) return absl::OkStatus();
  return sys::ErrnoError("remove ", path);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> MakePin(
    const std::string& root, const std::string& name,
    const std::vector<OpenedNamespace>& namespaces, PinBy by) {
  CLEAT_RETURN_IF_ERROR(CheckPinName(name));
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(AllPins(root), 0700));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd lock, Lock(root));
  // Where the right is missing, the process needs none.
  if (by == PinBy::kMount &&
      absl::IsPermissionDenied(MakePrivate(AllPins(root)))) {
    by = PinBy::kProcess;
  }
  const std::string directory = PinPath(root, name);
  if (mkdir(directory.c_str(), 0700) != 0) {
    return sys::ErrnoError("make pin ", directory,
                           errno == EEXIST ? " (--release removes it)" : "");
  }
  std::vector<std::string> paths;
  const absl::Status made = by == PinBy::kMount
                                ? ByMounts(directory, namespaces, &paths)
                                : ByProcess(directory, namespaces, &paths);
  if (made.ok()) return paths;
  RemovePin(directory).IgnoreError();
  RemoveIfEmpty(AllPins(root));
  return made;
}

absl::Status MakePinAt(const std::string& file, const OpenedNamespace& one) {
  const bool existed = sys::Exists(file);
  if (existed && IsMountPoint(file)) {
    return absl::AlreadyExistsError(
        absl::StrCat(file, ": something is mounted there already"));
  }
  const size_t slash = file.rfind('/');
  if (slash != std::string::npos && slash > 0) {
    CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(file.substr(0, slash)));
  }
  CLEAT_RETURN_IF_ERROR(MakeFile(file));
  const absl::Status bound = BindNamespace(one, file);
  if (!bound.ok() && !existed) unlink(file.c_str());
  return bound;
}

absl::Status ReleasePin(const std::string& root, const std::string& what) {
  if (absl::StrContains(what, '/')) return ReleaseFile(what);
  CLEAT_RETURN_IF_ERROR(CheckPinName(what));
  const std::string directory = PinPath(root, what);
  if (sys::Exists(directory)) {
    CLEAT_ASSIGN_OR_RETURN(const sys::Fd lock, Lock(root));
    CLEAT_RETURN_IF_ERROR(RemovePin(directory));
    RemoveIfEmpty(AllPins(root));
    return absl::OkStatus();
  }
  const std::string file = absl::StrCat(kIpNetns, "/", what);
  if (sys::Exists(file)) return ReleaseFile(file);
  return absl::NotFoundError(
      absl::StrCat("pin '", what, "': there is none (--list shows them)"));
}

}  // namespace cleat::ns
