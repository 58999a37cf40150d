#include "lib/copy/tree_writer.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/layer/attributes.h"
#include "lib/layer/name.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::copy {
namespace {

constexpr int kPlace = O_PATH | O_DIRECTORY;

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

absl::Status WriteData(int fd, int64_t size, Data& data) {
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const tar::Reader::Piece piece, data.Next());
    if (piece.bytes.empty()) break;
    CLEAT_RETURN_IF_ERROR(WriteAt(fd, piece.bytes, piece.offset));
  }
  if (ftruncate(fd, size) == 0) return absl::OkStatus();
  return sys::ErrnoError("set size");
}

bool IsDirectory(int parent, const std::string& base) {
  struct stat info;
  return fstatat(parent, base.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR(info.st_mode);
}

// Only another node takes the place of one: /dev/null would be a file for all.
absl::Status CheckNotSpecial(int parent, const std::string& base) {
  struct stat info;
  if (fstatat(parent, base.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
      S_ISREG(info.st_mode) || S_ISLNK(info.st_mode) || S_ISDIR(info.st_mode)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      "a device, a FIFO or a socket is there, which is not overwritten");
}

// Makes something under a name of its own, which then takes `base`.
absl::Status Replace(int parent, const std::string& base,
                     absl::FunctionRef<absl::Status(const std::string&)> make) {
  if (IsDirectory(parent, base)) {
    return absl::FailedPreconditionError(
        "a directory is there, which is not overwritten by what is none");
  }
  const std::string name = absl::StrCat(".cleat-", RandomId());
  absl::Status status = make(name);
  if (status.ok() &&
      renameat(parent, name.c_str(), parent, base.c_str()) != 0) {
    status = sys::ErrnoError("rename");
  }
  // After a rename, too: between two links of one file it does nothing.
  unlinkat(parent, name.c_str(), 0);
  return status;
}

mode_t NodeType(tar::Type type) {
  if (type == tar::Type::kCharDevice) return S_IFCHR;
  return type == tar::Type::kBlockDevice ? S_IFBLK : S_IFIFO;
}

bool IsDevice(const tar::Entry& entry) {
  return entry.type == tar::Type::kCharDevice ||
         entry.type == tar::Type::kBlockDevice;
}

absl::Status SetAttributes(int fd, const tar::Entry& entry) {
  int skipped_xattrs = 0;
  return layer::SetAttributes(fd, entry, layer::Form(), &skipped_xattrs);
}

absl::StatusOr<uint32_t> OutsideId(const std::vector<procfs::IdRange>& map,
                                   uint32_t id) {
  if (map.empty()) return id;
  const absl::optional<uint32_t> outside = procfs::MapOut(map, id);
  if (outside.has_value()) return *outside;
  return absl::FailedPreconditionError(
      absl::StrCat("the container's user namespace has no id ", id));
}

}  // namespace

// Below the root of a container its own links lead where they lead it; below
// another directory of it they must stay there, and on the host none is
// followed: what the container had of links is being copied.
TreeWriter::TreeWriter(const Side& side, int directory, WriteOptions options)
    : side_(side), directory_(directory), options_(options) {
  struct stat root, own;
  const bool at_root = side.is_container() &&
                       fstat(side.root.get(), &root) == 0 &&
                       fstat(directory, &own) == 0 &&
                       root.st_ino == own.st_ino && root.st_dev == own.st_dev;
  resolve_ = RESOLVE_NO_MAGICLINKS |
             (at_root               ? RESOLVE_IN_ROOT
              : side.is_container() ? RESOLVE_BENEATH
                                    : RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

absl::StatusOr<sys::Fd> TreeWriter::OpenBelow(const std::string& name,
                                              int flags) const {
  return sys::OpenResolved(directory_, name.empty() ? "." : name, flags,
                           resolve_);
}

absl::StatusOr<sys::Fd> TreeWriter::OpenParent(const std::string& name) {
  absl::StatusOr<sys::Fd> fd = OpenBelow(name, kPlace);
  if (absl::IsNotFound(fd.status()) && !name.empty()) {
    const layer::SplitName split = layer::Split(name);
    CLEAT_ASSIGN_OR_RETURN(const sys::Fd parent,
                           OpenParent(std::string(split.parent)));
    const std::string base(split.base);
    if (mkdirat(parent.get(), base.c_str(), 0755) != 0 && errno != EEXIST) {
      return sys::ErrnoError("make directory ", base);
    }
    fd = OpenBelow(name, kPlace);
  }
  if (!fd.ok()) return fd;
  if (side_.is_container()) {
    CLEAT_RETURN_IF_ERROR(CheckNoKernelFile(fd->get(), name));
  }
  return fd;
}

absl::StatusOr<tar::Entry> TreeWriter::Adapt(const tar::Entry& entry) const {
  tar::Entry adapted = entry;
  if (options_.owner.has_value()) {
    adapted.uid = options_.owner->uid;
    adapted.gid = options_.owner->gid;
  } else {
    CLEAT_ASSIGN_OR_RETURN(adapted.uid, OutsideId(side_.uids, entry.uid));
    CLEAT_ASSIGN_OR_RETURN(adapted.gid, OutsideId(side_.gids, entry.gid));
  }
  if (!options_.harmless) return adapted;
  if (IsDevice(entry)) {
    return absl::FailedPreconditionError(
        "it is a device, which only --archive copies to the host");
  }
  adapted.mode &= ~uint32_t{S_ISUID | S_ISGID};
  adapted.xattrs.erase(
      std::remove_if(adapted.xattrs.begin(), adapted.xattrs.end(),
                     [](const tar::Xattr& xattr) {
                       return xattr.name == "security.capability";
                     }),
      adapted.xattrs.end());
  return adapted;
}

absl::Status TreeWriter::Add(const tar::Entry& entry, Data& data) {
  const absl::Status added = AddAny(entry, data);
  if (added.ok()) return added;
  return absl::Status(added.code(), absl::StrCat(layer::Quoted(entry.name),
                                                 ": ", added.message()));
}

absl::Status TreeWriter::AddAny(const tar::Entry& entry, Data& data) {
  // The directory that is copied to stays as it is.
  if (entry.name.empty()) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(Leave(entry.name));
  CLEAT_ASSIGN_OR_RETURN(const tar::Entry adapted, Adapt(entry));
  const layer::SplitName split = layer::Split(entry.name);
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd parent,
                         OpenParent(std::string(split.parent)));
  const std::string base(split.base);
  switch (entry.type) {
    case tar::Type::kDirectory:
      return AddDirectory(parent.get(), base, adapted);
    case tar::Type::kFile:
      return AddFile(parent.get(), base, adapted, data);
    case tar::Type::kHardLink:
      return AddHardLink(parent.get(), base, adapted);
    default:
      return AddOther(parent.get(), base, adapted);
  }
}

absl::Status TreeWriter::AddDirectory(int parent, const std::string& base,
                                      const tar::Entry& entry) {
  if (mkdirat(parent, base.c_str(), 0700) != 0) {
    if (errno != EEXIST) return sys::ErrnoError("make directory");
    if (!IsDirectory(parent, base)) {
      return absl::FailedPreconditionError(
          "what is there is no directory, and is not overwritten by one");
    }
  }
  entered_.push_back(entry);
  return absl::OkStatus();
}

absl::Status TreeWriter::AddFile(int parent, const std::string& base,
                                 const tar::Entry& entry, Data& data) {
  CLEAT_RETURN_IF_ERROR(CheckNotSpecial(parent, base));
  return Replace(parent, base, [&](const std::string& name) -> absl::Status {
    CLEAT_ASSIGN_OR_RETURN(
        const sys::Fd fd,
        sys::OpenAt(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                    0600));
    CLEAT_RETURN_IF_ERROR(WriteData(fd.get(), entry.size, data));
    return SetAttributes(fd.get(), entry);
  });
}

absl::Status TreeWriter::AddHardLink(int parent, const std::string& base,
                                     const tar::Entry& entry) {
  CLEAT_RETURN_IF_ERROR(CheckNotSpecial(parent, base));
  const layer::SplitName split = layer::Split(entry.link);
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd from,
                         OpenBelow(std::string(split.parent), kPlace));
  const std::string from_base(split.base);
  return Replace(parent, base, [&](const std::string& name) -> absl::Status {
    if (linkat(from.get(), from_base.c_str(), parent, name.c_str(), 0) == 0) {
      return absl::OkStatus();
    }
    return sys::ErrnoError("hard link to ", layer::Quoted(entry.link));
  });
}

absl::Status TreeWriter::AddOther(int parent, const std::string& base,
                                  const tar::Entry& entry) {
  if (entry.type == tar::Type::kSymlink) {
    CLEAT_RETURN_IF_ERROR(CheckNotSpecial(parent, base));
  }
  return Replace(parent, base, [&](const std::string& name) -> absl::Status {
    const mode_t type = NodeType(entry.type);
    const dev_t device = makedev(entry.major, entry.minor);
    const int made = entry.type == tar::Type::kSymlink
                         ? symlinkat(entry.link.c_str(), parent, name.c_str())
                         : mknodat(parent, name.c_str(), type | 0600, device);
    if (made != 0) return sys::ErrnoError("make it");
    int skipped_xattrs = 0;
    return layer::SetAttributesAt(parent, name, entry, layer::Form(),
                                  &skipped_xattrs);
  });
}

absl::Status TreeWriter::Leave(const std::string& name) {
  while (!entered_.empty() &&
         !absl::StartsWith(name, absl::StrCat(entered_.back().name, "/"))) {
    const tar::Entry directory = std::move(entered_.back());
    entered_.pop_back();
    CLEAT_ASSIGN_OR_RETURN(
        const sys::Fd fd,
        OpenBelow(directory.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    CLEAT_RETURN_IF_ERROR(SetAttributes(fd.get(), directory));
  }
  return absl::OkStatus();
}

absl::Status TreeWriter::Finish() { return Leave(""); }

}  // namespace cleat::copy
