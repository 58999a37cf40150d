#include "lib/mount/overlay.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/mount/idmapped.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/mount.h"

namespace cleat::mount {
namespace {

// fs/overlayfs/ovl_entry.h, OVL_MAX_STACK.
constexpr size_t kMaxLayers = 500;
// fsconfig(2) takes strings of 255 bytes.
constexpr size_t kMaxValue = 255;

// What every mount asks for, whatever the kernel was built with: what is
// written to the upper directory stays plain files and whiteouts, which is
// what a layer is made of.
constexpr const char* kPlain[][2] = {
    {"index", "off"},
    {"redirect_dir", "off"},
    {"metacopy", "off"},
};

// Directories that are named to overlayfs by descriptor, for their paths are
// too long or have bytes that it reads in its own way. Open until the mount
// is made.
class Names {
 public:
  // What names `path` in an option.
  absl::StatusOr<std::string> Name(const std::string& path) {
    if (path.size() <= kMaxValue &&
        path.find_first_of("\\:,") == std::string::npos) {
      return path;
    }
    CLEAT_ASSIGN_OR_RETURN(int fd, Open(path));
    return NameOf(fd);
  }

  // What names a descriptor, from now on owned by this.
  std::string Own(sys::Fd fd) {
    fds_.push_back(std::move(fd));
    return NameOf(fds_.back().get());
  }

  // A descriptor of `path`, owned by this.
  absl::StatusOr<int> Open(const std::string& path) {
    CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, sys::Open(path, O_PATH | O_DIRECTORY));
    fds_.push_back(std::move(fd));
    return fds_.back().get();
  }

 private:
  static std::string NameOf(int fd) {
    return absl::StrCat("/proc/self/fd/", fd);
  }

  std::vector<sys::Fd> fds_;
};

absl::Status SetDirectory(int context, const char* key, const std::string& path,
                          Names& names) {
  CLEAT_ASSIGN_OR_RETURN(std::string name, names.Name(path));
  return sys::SetString(context, key, name);
}

absl::Status SetUpper(int context, const Overlay& overlay, Names& names) {
  if (overlay.upper.empty()) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(
      SetDirectory(context, "upperdir", overlay.upper, names));
  CLEAT_RETURN_IF_ERROR(SetDirectory(context, "workdir", overlay.work, names));
  if (!overlay.volatile_upper) return absl::OkStatus();
  return sys::SetFlag(context, "volatile");
}

absl::Status SetCommon(int context, const Overlay& overlay, Names& names) {
  CLEAT_RETURN_IF_ERROR(sys::SetString(context, "source", "overlay"));
  // With `userxattr` all of these are off already, and not to be mentioned.
  if (overlay.user_xattrs) {
    CLEAT_RETURN_IF_ERROR(sys::SetFlag(context, "userxattr"));
    return SetUpper(context, overlay, names);
  }
  for (const auto& option : kPlain) {
    CLEAT_RETURN_IF_ERROR(sys::SetString(context, option[0], option[1]));
  }
  return SetUpper(context, overlay, names);
}

// A mount of a layer that shows other owners, named by its descriptor.
absl::StatusOr<std::string> NameMapped(const std::string& layer, int id_map,
                                       Names& names) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd mount,
                         sys::CloneMount(AT_FDCWD, layer, false));
  CLEAT_RETURN_IF_ERROR(SetIdMap(mount.get(), id_map, false));
  return names.Own(std::move(mount));
}

absl::Status SetLayer(int context, const std::string& layer, int id_map,
                      Names& names) {
  if (id_map < 0) return SetDirectory(context, "lowerdir+", layer, names);
  CLEAT_ASSIGN_OR_RETURN(const std::string name,
                         NameMapped(layer, id_map, names));
  return sys::SetString(context, "lowerdir+", name);
}

// Layer by layer (Linux 6.5).
absl::StatusOr<sys::Fd> MountByLayer(const Overlay& overlay) {
  Names names;
  CLEAT_ASSIGN_OR_RETURN(sys::Fd context, sys::OpenFileSystem("overlay"));
  for (const std::string& lower : overlay.lower) {
    CLEAT_RETURN_IF_ERROR(
        SetLayer(context.get(), lower, overlay.id_map, names));
  }
  CLEAT_RETURN_IF_ERROR(SetCommon(context.get(), overlay, names));
  return sys::CreateMount(context.get(), 0);
}

// All layers in one short string: "5:6:7", descriptors seen from
// /proc/self/fd. For kernels before 6.5, which resolve it when the file
// system is made.
absl::StatusOr<sys::Fd> MountByString(const Overlay& overlay) {
  Names names;
  std::vector<int> lower;
  for (const std::string& path : overlay.lower) {
    CLEAT_ASSIGN_OR_RETURN(int fd, names.Open(path));
    lower.push_back(fd);
  }
  const std::string joined = absl::StrJoin(lower, ":");
  if (joined.size() > kMaxValue) {
    return absl::ResourceExhaustedError(
        absl::StrCat("mount overlay: ", lower.size(),
                     " layers are more than kernels before 6.5 take"));
  }
  CLEAT_ASSIGN_OR_RETURN(sys::Fd here, sys::Open(".", O_PATH | O_DIRECTORY));
  CLEAT_ASSIGN_OR_RETURN(sys::Fd context, sys::OpenFileSystem("overlay"));
  auto back = absl::MakeCleanup([&] { (void)!fchdir(here.get()); });
  if (chdir("/proc/self/fd") != 0) {
    return sys::ErrnoError("change to /proc/self/fd");
  }
  CLEAT_RETURN_IF_ERROR(sys::SetString(context.get(), "lowerdir", joined));
  CLEAT_RETURN_IF_ERROR(SetCommon(context.get(), overlay, names));
  return sys::CreateMount(context.get(), 0);
}

// File systems that people put a store on and that overlayfs refuses
// (linux/magic.h).
struct Unfit {
  long magic;
  const char* name;
};
constexpr Unfit kUnfit[] = {
    {0x794c7630, "overlay"}, {0x6969, "NFS"},
    {0x65735546, "FUSE"},    {0x4d44, "FAT"},
    {0x01021997, "9p"},      {static_cast<long>(0xff534d42), "CIFS"},
};

// What would help when the upper directory's file system is the reason.
std::string Hint(const std::string& upper) {
  struct statfs info;
  if (upper.empty() || statfs(upper.c_str(), &info) != 0) return "";
  for (const Unfit& unfit : kUnfit) {
    if (info.f_type != unfit.magic) continue;
    return absl::StrCat("; ", upper, " is on ", unfit.name,
                        ", which cannot carry an overlay: use a store on "
                        "ext4, xfs, btrfs or tmpfs, or --tmpfs");
  }
  return "";
}

absl::Status Explain(const absl::Status& status, const Overlay& overlay) {
  return absl::Status(
      status.code(),
      absl::StrCat("mount overlay on ",
                   overlay.upper.empty() ? overlay.lower[0] : overlay.upper,
                   ": ", status.message(), Hint(overlay.upper)));
}

absl::StatusOr<sys::Fd> Mount(const Overlay& overlay) {
  trace::Span span("mount overlay", overlay.upper);
  absl::StatusOr<sys::Fd> mount = MountByLayer(overlay);
  if (mount.ok()) return mount;
  // An older kernel knows no "lowerdir+".
  if (absl::IsInvalidArgument(mount.status()) && overlay.id_map < 0) {
    absl::StatusOr<sys::Fd> again = MountByString(overlay);
    if (again.ok() || absl::IsResourceExhausted(again.status())) return again;
  }
  span.Fail(EINVAL);
  return Explain(mount.status(), overlay);
}

absl::StatusOr<sys::Fd> BindReadOnly(const std::string& layer, int id_map) {
  trace::Span span("bind layer read-only", layer);
  CLEAT_ASSIGN_OR_RETURN(sys::Fd mount,
                         sys::CloneMount(AT_FDCWD, layer, false));
  if (id_map >= 0) {
    CLEAT_RETURN_IF_ERROR(SetIdMap(mount.get(), id_map, false));
  }
  CLEAT_RETURN_IF_ERROR(
      sys::SetMountAttributes(mount.get(), MOUNT_ATTR_RDONLY, 0, false));
  return mount;
}

// A mount namespace of this thread's own, until it is destroyed.
class ScratchNamespace {
 public:
  static absl::StatusOr<ScratchNamespace> Enter() {
    ScratchNamespace scratch;
    CLEAT_ASSIGN_OR_RETURN(scratch.home_,
                           sys::Open("/proc/self/ns/mnt", O_RDONLY));
    CLEAT_ASSIGN_OR_RETURN(scratch.directory_,
                           sys::Open(".", O_PATH | O_DIRECTORY));
    if (unshare(CLONE_NEWNS) != 0) return sys::ErrnoError("unshare mounts");
    scratch.entered_ = true;
    if (::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      return sys::ErrnoError("make mounts private");
    }
    return scratch;
  }
  ScratchNamespace(ScratchNamespace&& other) noexcept
      : home_(std::move(other.home_)),
        directory_(std::move(other.directory_)),
        entered_(std::exchange(other.entered_, false)) {}
  ~ScratchNamespace() {
    if (!entered_) return;
    const bool back =
        setns(home_.get(), CLONE_NEWNS) == 0 && fchdir(directory_.get()) == 0;
    // Elsewhere, every later path would mean something else.
    if (!back) abort();
  }

 private:
  ScratchNamespace() = default;

  sys::Fd home_;
  sys::Fd directory_;
  bool entered_ = false;
};

}  // namespace

absl::StatusOr<sys::Fd> MountOverlay(const Overlay& overlay) {
  if (overlay.lower.empty()) {
    return absl::InvalidArgumentError("mount overlay: it has no layer");
  }
  if (overlay.lower.size() > kMaxLayers) {
    return absl::InvalidArgumentError(
        absl::StrCat("mount overlay: ", overlay.lower.size(),
                     " layers are more than the kernel's ", kMaxLayers));
  }
  if (overlay.lower.size() == 1 && overlay.upper.empty()) {
    return BindReadOnly(overlay.lower[0], overlay.id_map);
  }
  return Mount(overlay);
}

absl::StatusOr<sys::Fd> MountTmpfs(const Tmpfs& tmpfs) {
  trace::Span span("mount tmpfs", "upper directory");
  CLEAT_ASSIGN_OR_RETURN(sys::Fd context, sys::OpenFileSystem("tmpfs"));
  CLEAT_RETURN_IF_ERROR(sys::SetString(context.get(), "mode", "0755"));
  if (tmpfs.size_bytes > 0) {
    CLEAT_RETURN_IF_ERROR(
        sys::SetString(context.get(), "size", absl::StrCat(tmpfs.size_bytes)));
  }
  CLEAT_ASSIGN_OR_RETURN(sys::Fd mount, sys::CreateMount(context.get(), 0));
  for (const char* name : {"upper", "work"}) {
    if (mkdirat(mount.get(), name, 0755) != 0) {
      return sys::ErrnoError("make directory ", name);
    }
  }
  if (fchownat(mount.get(), "upper", tmpfs.uid, tmpfs.gid, 0) != 0) {
    return sys::ErrnoError("set owner of upper");
  }
  return mount;
}

absl::StatusOr<sys::Fd> MountOverlayOnTmpfs(Overlay overlay,
                                            const Tmpfs& tmpfs) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd memory, MountTmpfs(tmpfs));
  const std::string root = absl::StrCat("/proc/self/fd/", memory.get());
  overlay.upper = absl::StrCat(root, "/upper");
  overlay.work = absl::StrCat(root, "/work");
  absl::StatusOr<sys::Fd> mount = MountOverlay(overlay);
  if (mount.ok() || !absl::IsInvalidArgument(mount.status())) return mount;
  // Before Linux 6.15 an overlay takes its upper directory only from a mount
  // that is attached somewhere.
  CLEAT_ASSIGN_OR_RETURN(ScratchNamespace scratch, ScratchNamespace::Enter());
  CLEAT_RETURN_IF_ERROR(sys::AttachMount(memory.get(), AT_FDCWD, "/"));
  return MountOverlay(overlay);
}

}  // namespace cleat::mount
