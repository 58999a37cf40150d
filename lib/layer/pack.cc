#include "lib/layer/pack.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/layer/name.h"
#include "lib/layer/xattrs.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/interrupt.h"

namespace cleat::layer {
namespace {

constexpr size_t kBufferSize = 256 << 10;

struct CloseDir {
  void operator()(DIR* dir) const { closedir(dir); }
};

absl::StatusOr<std::vector<std::string>> SortedNames(int directory) {
  // A description of its own: readdir moves the offset.
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::OpenAt(directory, ".", O_RDONLY | O_DIRECTORY));
  std::unique_ptr<DIR, CloseDir> dir(fdopendir(fd.get()));
  if (dir == nullptr) return sys::ErrnoError("read directory");
  fd.Release();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(dir.get())) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return sys::ErrnoError("read directory");
  std::sort(names.begin(), names.end());
  return names;
}

struct TypeOf {
  mode_t mode;
  tar::Type type;
};

constexpr TypeOf kTypes[] = {
    {S_IFREG, tar::Type::kFile},       {S_IFLNK, tar::Type::kSymlink},
    {S_IFCHR, tar::Type::kCharDevice}, {S_IFBLK, tar::Type::kBlockDevice},
    {S_IFDIR, tar::Type::kDirectory},  {S_IFIFO, tar::Type::kFifo},
};

tar::Type TypeOfMode(mode_t mode) {
  for (const TypeOf& known : kTypes) {
    if ((mode & S_IFMT) == known.mode) return known.type;
  }
  return tar::Type::kFile;
}

class Packer {
 public:
  Packer(const PackOptions& options, tar::Sink sink)
      : options_(options),
        writer_(std::move(sink)),
        buffer_(new char[kBufferSize]) {}

  absl::Status PackRoot(int root);

 private:
  absl::Status PackDirectory(int directory, const std::string& path);
  absl::Status PackOne(int parent, const std::string& name,
                       const std::string& path);
  absl::Status PackEntry(int parent, const std::string& name,
                         const struct stat& info, tar::Entry entry);
  absl::Status PackFile(int parent, const std::string& name,
                        const tar::Entry& entry);
  // Whether the entry is a further link to an inode, and is one now.
  bool MakeHardLink(const struct stat& info, tar::Entry* entry);
  tar::Entry EntryOf(const struct stat& info, const std::string& path) const;

  PackOptions options_;
  tar::Writer writer_;
  std::unique_ptr<char[]> buffer_;
  dev_t device_ = 0;
  absl::flat_hash_map<std::pair<dev_t, ino_t>, std::string> links_;
};

tar::Entry Packer::EntryOf(const struct stat& info,
                           const std::string& path) const {
  tar::Entry entry;
  entry.name = path;
  entry.type = TypeOfMode(info.st_mode);
  entry.mode = info.st_mode & 07777;
  entry.uid = info.st_uid;
  entry.gid = info.st_gid;
  entry.mtime = info.st_mtim;
  if (options_.latest_mtime.has_value() &&
      entry.mtime.tv_sec >= *options_.latest_mtime) {
    entry.mtime = {*options_.latest_mtime, 0};
  }
  if (!options_.nanoseconds) entry.mtime.tv_nsec = 0;
  if (S_ISREG(info.st_mode)) entry.size = info.st_size;
  if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)) {
    entry.major = major(info.st_rdev);
    entry.minor = minor(info.st_rdev);
  }
  return entry;
}

absl::Status Packer::PackRoot(int root) {
  struct stat info;
  if (fstat(root, &info) != 0) return sys::ErrnoError("stat the tree's root");
  device_ = info.st_dev;
  CLEAT_RETURN_IF_ERROR(PackEntry(root, ".", info, EntryOf(info, "./")));
  CLEAT_RETURN_IF_ERROR(PackDirectory(root, ""));
  return writer_.Finish();
}

absl::Status Packer::PackDirectory(int directory, const std::string& path) {
  CLEAT_RETURN_IF_ERROR(sys::CheckInterrupt());
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                         SortedNames(directory));
  for (const std::string& name : names) {
    CLEAT_RETURN_IF_ERROR(PackOne(directory, name, path + name));
  }
  return absl::OkStatus();
}

absl::Status Packer::PackOne(int parent, const std::string& name,
                             const std::string& path) {
  struct stat info;
  if (fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return sys::ErrnoError("pack ", Quoted(path));
  }
  if (S_ISSOCK(info.st_mode)) return absl::OkStatus();
  const bool directory = S_ISDIR(info.st_mode);
  const absl::Status status = PackEntry(
      parent, name, info, EntryOf(info, directory ? path + "/" : path));
  if (!status.ok()) {
    return absl::Status(status.code(), absl::StrCat("pack ", Quoted(path), ": ",
                                                    status.message()));
  }
  if (!directory || info.st_dev != device_) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd fd,
      sys::OpenAt(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  return PackDirectory(fd.get(), path + "/");
}

absl::Status Packer::PackEntry(int parent, const std::string& name,
                               const struct stat& info, tar::Entry entry) {
  if (MakeHardLink(info, &entry)) return writer_.Add(entry);
  CLEAT_ASSIGN_OR_RETURN(
      entry.xattrs,
      ReadXattrs(absl::StrCat("/proc/self/fd/", parent, "/", name),
                 Links::kNotFollowed));
  if (entry.type == tar::Type::kFile) {
    return PackFile(parent, name, entry);
  }
  if (entry.type != tar::Type::kSymlink) return writer_.Add(entry);
  char target[PATH_MAX];
  const ssize_t size = readlinkat(parent, name.c_str(), target, sizeof(target));
  if (size < 0) return sys::ErrnoError("read link");
  entry.link.assign(target, static_cast<size_t>(size));
  return writer_.Add(entry);
}

bool Packer::MakeHardLink(const struct stat& info, tar::Entry* entry) {
  if (info.st_nlink < 2 || S_ISDIR(info.st_mode)) return false;
  const auto [first, added] =
      links_.try_emplace({info.st_dev, info.st_ino}, entry->name);
  if (added) return false;
  entry->type = tar::Type::kHardLink;
  entry->link = first->second;
  entry->size = 0;
  return true;
}

absl::Status Packer::PackFile(int parent, const std::string& name,
                              const tar::Entry& entry) {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd,
                         sys::OpenAt(parent, name, O_RDONLY | O_NOFOLLOW));
  CLEAT_RETURN_IF_ERROR(writer_.Add(entry));
  for (int64_t left = entry.size; left > 0;) {
    const size_t wanted = std::min<uint64_t>(kBufferSize, left);
    const ssize_t count = sys::RetryOnEintr(
        [&] { return read(fd.get(), buffer_.get(), wanted); });
    if (count < 0) return sys::ErrnoError("read");
    if (count == 0) {
      return absl::FailedPreconditionError("it became shorter meanwhile");
    }
    CLEAT_RETURN_IF_ERROR(writer_.Write(
        absl::string_view(buffer_.get(), static_cast<size_t>(count))));
    left -= count;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Pack(int directory, const PackOptions& options, tar::Sink sink) {
  return Packer(options, std::move(sink)).PackRoot(directory);
}

}  // namespace cleat::layer
