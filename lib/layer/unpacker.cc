#include "lib/layer/unpacker.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/layer/attributes.h"
#include "lib/layer/overlay.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::layer {
namespace {

constexpr size_t kMaxRemembered = size_t{64} << 20;

tar::Entry ImpliedDirectory() {
  tar::Entry entry;
  entry.type = tar::Type::kDirectory;
  entry.mode = 0755;
  return entry;
}

size_t MemoryOf(const std::string& name, const tar::Entry& directory) {
  size_t bytes = name.size() + sizeof(directory) + 64;
  for (const tar::Xattr& xattr : directory.xattrs) {
    bytes += xattr.name.size() + xattr.value.size() + sizeof(xattr);
  }
  return bytes;
}

absl::Status WriteAt(int fd, absl::string_view data, int64_t offset) {
  while (!data.empty()) {
    const ssize_t count = sys::RetryOnEintr(
        [&] { return pwrite(fd, data.data(), data.size(), offset); });
    if (count < 0) return sys::ErrnoError("write");
    data.remove_prefix(static_cast<size_t>(count));
    offset += count;
  }
  return absl::OkStatus();
}

absl::Status WriteData(int fd, const tar::Entry& entry, tar::Reader& reader) {
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const tar::Reader::Piece piece, reader.Data());
    if (piece.bytes.empty()) break;
    CLEAT_RETURN_IF_ERROR(WriteAt(fd, piece.bytes, piece.offset));
  }
  if (!entry.sparse || ftruncate(fd, entry.size) == 0) return absl::OkStatus();
  return sys::ErrnoError("set size to ", entry.size);
}

mode_t NodeType(tar::Type type) {
  if (type == tar::Type::kCharDevice) return S_IFCHR;
  return type == tar::Type::kBlockDevice ? S_IFBLK : S_IFIFO;
}

bool IsDirectory(int parent, const std::string& base) {
  struct stat info;
  return fstatat(parent, base.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR(info.st_mode);
}

bool IsSameFile(int parent, const std::string& base, int other_parent,
                const std::string& other_base) {
  struct stat a, b;
  return fstatat(parent, base.c_str(), &a, AT_SYMLINK_NOFOLLOW) == 0 &&
         fstatat(other_parent, other_base.c_str(), &b, AT_SYMLINK_NOFOLLOW) ==
             0 &&
         a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

// Default ACLs count instead of the umask: those of the layer are set in the
// end, a plain tree may have any before. Only root may write attributes of
// files that he may not write to.
uint32_t WithheldIn(int root, const Form& form) {
  constexpr uint32_t kAll = 0777;
  if (form.plain || form.squash || form.uid != 0 ||
      fgetxattr(root, "system.posix_acl_default", nullptr, 0) >= 0) {
    return kAll;
  }
  const mode_t mask = umask(0);
  umask(mask);
  return mask;
}

// Below a directory with the setgid bit no group is ours.
uint32_t GroupIn(int root) {
  struct stat info;
  const bool inherited =
      fstat(root, &info) == 0 && (info.st_mode & S_ISGID) != 0;
  return inherited ? ~uint32_t{0} : getegid();
}

Form Completed(Form form, int root) {
  form.uid = geteuid();
  form.gid = GroupIn(root);
  form.withheld = WithheldIn(root, form);
  return form;
}

// A directory that was reached through a link and is gone since.
bool IsGone(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsFailedPrecondition(status);
}

}  // namespace

Unpacker::Unpacker(int root, const Form& form)
    : root_(root),
      form_(Completed(form, root)),
      parents_(root, form_, [this](const std::string& name) {
        if (form_.plain) made_.Add(name);
        return Remember(name, ImpliedDirectory());
      }) {
  if (!form.plain) directories_[""] = ImpliedDirectory();
}

absl::Status Unpacker::Add(const tar::Entry& entry, tar::Reader& reader) {
  ++entries_;
  CLEAT_ASSIGN_OR_RETURN(const std::string name, CleanName(entry.name));
  const Meaning meaning = MeaningOf(name);
  if (meaning == Meaning::kIgnored) return absl::OkStatus();
  const SplitName split = Split(name);
  if (meaning == Meaning::kWhiteout) return AddWhiteout(split);
  if (name.empty()) {
    if (entry.type == tar::Type::kDirectory) return Remember(name, entry);
    return absl::InvalidArgumentError("the root is no directory");
  }
  CLEAT_ASSIGN_OR_RETURN(const int parent, parents_.Open(split.parent));
  if (meaning == Meaning::kOpaque) return HideLower(parent, split.parent);
  if (form_.plain) made_.Add(name);
  return AddEntry({parent, std::string(split.base), name}, entry, reader);
}

absl::Status Unpacker::HideLower(int directory, absl::string_view name) {
  if (!form_.plain) return MakeOpaque(directory, form_);
  parents_.Forget(directory);
  return RemoveLowerIn(directory, std::string(name), made_);
}

absl::Status Unpacker::AddWhiteout(const SplitName& name) {
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view target,
                         WhiteoutTarget(name.base));
  CLEAT_ASSIGN_OR_RETURN(const int parent, parents_.Open(name.parent));
  const std::string base(target);
  if (!form_.plain) return MakeWhiteout(parent, base, form_);
  parents_.Forget(parent);
  const std::string path =
      name.parent.empty() ? base : absl::StrCat(name.parent, "/", base);
  return RemoveLower(parent, base, path, made_);
}

absl::Status Unpacker::AddEntry(const Place& place, const tar::Entry& entry,
                                tar::Reader& reader) {
  switch (entry.type) {
    case tar::Type::kFile:
      return AddFile(place, entry, reader);
    case tar::Type::kDirectory:
      return AddDirectory(place, entry);
    case tar::Type::kSymlink:
      return AddSymlink(place, entry);
    case tar::Type::kHardLink:
      return AddHardLink(place, entry);
    case tar::Type::kCharDevice:
    case tar::Type::kBlockDevice:
    case tar::Type::kFifo:
      return AddNode(place, entry);
  }
  return absl::InternalError("unknown type");
}

template <typename Make>
absl::StatusOr<int> Unpacker::MakeOrReplace(const Place& place,
                                            absl::string_view what,
                                            const Make& make) {
  int result = make();
  if (result < 0 && errno == EEXIST) {
    CLEAT_RETURN_IF_ERROR(Remove(place));
    result = make();
  }
  if (result < 0) return sys::ErrnoError(what);
  return result;
}

absl::Status Unpacker::Remove(const Place& place) {
  replaced_ = true;
  CLEAT_RETURN_IF_ERROR(sys::RemoveTreeAt(place.parent, place.base));
  parents_.Forget(place.parent);
  directories_.erase(place.name);
  // '0' follows '/': these are all names that begin with "NAME/".
  directories_.erase(directories_.lower_bound(place.name + "/"),
                     directories_.lower_bound(place.name + "0"));
  return absl::OkStatus();
}

absl::Status Unpacker::MakeDirectory(const Place& place) {
  if (mkdirat(place.parent, place.base.c_str(), 0755) == 0) {
    return absl::OkStatus();
  }
  if (errno != EEXIST) return sys::ErrnoError("make directory");
  if (IsDirectory(place.parent, place.base)) return absl::OkStatus();
  if (!form_.plain && IsWhiteout(place.parent, place.base)) {
    return ReplaceWhiteoutByDirectory(place.parent, place.base, form_);
  }
  return MakeOrReplace(place, "make directory",
                       [&place] {
                         return mkdirat(place.parent, place.base.c_str(), 0755);
                       })
      .status();
}

absl::Status Unpacker::AddDirectory(const Place& place,
                                    const tar::Entry& entry) {
  CLEAT_RETURN_IF_ERROR(MakeDirectory(place));
  return Remember(place.name, entry);
}

absl::Status Unpacker::AddFile(const Place& place, const tar::Entry& entry,
                               tar::Reader& reader) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  CLEAT_ASSIGN_OR_RETURN(const int descriptor,
                         MakeOrReplace(place, "make file", [&] {
                           return openat(place.parent, place.base.c_str(),
                                         kFlags, ModeToAskFor(entry, form_));
                         }));
  const sys::Fd fd(descriptor);
  CLEAT_RETURN_IF_ERROR(WriteData(fd.get(), entry, reader));
  content_size_ += entry.size;
  return SetAttributes(fd.get(), entry, form_, &skipped_xattrs_);
}

absl::Status Unpacker::AddSymlink(const Place& place, const tar::Entry& entry) {
  if (LeadsOut(Split(place.name).parent, entry.link)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "symbolic link to ", Quoted(entry.link), " leads out of the root"));
  }
  CLEAT_RETURN_IF_ERROR(MakeOrReplace(place, "make symbolic link", [&] {
                          return symlinkat(entry.link.c_str(), place.parent,
                                           place.base.c_str());
                        }).status());
  return SetAttributesAt(place.parent, place.base, entry, form_,
                         &skipped_xattrs_);
}

absl::Status Unpacker::AddNode(const Place& place, const tar::Entry& entry) {
  const mode_t type = NodeType(entry.type);
  const dev_t device = type == S_IFIFO ? 0 : makedev(entry.major, entry.minor);
  const absl::Status made =
      MakeOrReplace(place, type == S_IFIFO ? "make FIFO" : "make device", [&] {
        return mknodat(place.parent, place.base.c_str(), type | 0600, device);
      }).status();
  if (form_.user_xattrs && absl::IsPermissionDenied(made)) {
    return AddDeviceStandIn(place, entry);
  }
  CLEAT_RETURN_IF_ERROR(made);
  return SetAttributesAt(place.parent, place.base, entry, form_,
                         &skipped_xattrs_);
}

absl::Status Unpacker::AddDeviceStandIn(const Place& place,
                                        const tar::Entry& entry) {
  CLEAT_ASSIGN_OR_RETURN(
      const int descriptor, MakeOrReplace(place, "make file", [&place] {
        return openat(place.parent, place.base.c_str(),
                      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      }));
  const sys::Fd fd(descriptor);
  return SetDeviceStandIn(fd.get(), entry, form_, &skipped_xattrs_);
}

absl::Status Unpacker::AddHardLink(const Place& place,
                                   const tar::Entry& entry) {
  const std::string what = absl::StrCat("hard link to ", Quoted(entry.link));
  const absl::StatusOr<std::string> target = CleanName(entry.link);
  if (!target.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, ": ", target.status().message()));
  }
  const SplitName split = Split(*target);
  const absl::StatusOr<int> parent = parents_.OpenExisting(split.parent);
  const std::string base(split.base);
  struct stat info;
  if (!parent.ok() || base.empty() ||
      fstatat(*parent, base.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, ", which is not in this layer before it"));
  }
  if (IsSameFile(place.parent, place.base, *parent, base)) {
    return absl::OkStatus();
  }
  return MakeOrReplace(place, what,
                       [&] {
                         return linkat(*parent, base.c_str(), place.parent,
                                       place.base.c_str(), 0);
                       })
      .status();
}

absl::Status Unpacker::Remember(const std::string& name,
                                const tar::Entry& directory) {
  remembered_bytes_ += MemoryOf(name, directory);
  if (remembered_bytes_ > kMaxRemembered) {
    return absl::ResourceExhaustedError("too many directories in one layer");
  }
  directories_[name] = directory;
  return absl::OkStatus();
}

absl::Status Unpacker::Finish() {
  // Names before those that they begin with, so from the leaves up: a
  // directory without search permission would hide its children.
  for (auto it = directories_.rbegin(); it != directories_.rend(); ++it) {
    const absl::StatusOr<sys::Fd> fd =
        sys::OpenResolved(root_, it->first.empty() ? "." : it->first,
                          O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
                          RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    if (IsGone(fd.status())) continue;
    if (!fd.ok()) return fd.status();
    const absl::Status status =
        SetAttributes(fd->get(), it->second, form_, &skipped_xattrs_);
    if (status.ok()) continue;
    return absl::Status(
        status.code(),
        absl::StrCat("directory ", Quoted(it->first), ": ", status.message()));
  }
  return absl::OkStatus();
}

}  // namespace cleat::layer
