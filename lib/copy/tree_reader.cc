#include "lib/copy/tree_reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "lib/base/page_buffer.h"
#include "lib/base/status_macros.h"
#include "lib/layer/name.h"
#include "lib/layer/xattrs.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/tar/stat_entry.h"

namespace cleat::copy {
namespace {

constexpr size_t kBufferSize = size_t{256} << 10;
// What the kernel shows of an id that a namespace does not have.
constexpr uint32_t kOverflowId = 65534;

struct CloseDir {
  void operator()(DIR* dir) const { closedir(dir); }
};

absl::StatusOr<std::vector<std::string>> Names(int directory) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::OpenAt(directory, ".", O_RDONLY | O_DIRECTORY));
  std::unique_ptr<DIR, CloseDir> dir(fdopendir(fd.get()));
  if (dir == nullptr) return sys::ErrnoError("read directory");
  fd.Release();
  std::vector<std::string> names;
  while (const dirent* entry = readdir(dir.get())) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

uint32_t InsideId(const std::vector<procfs::IdRange>& map, uint32_t id) {
  return map.empty() ? id : procfs::MapIn(map, id).value_or(kOverflowId);
}

// Nothing of what has no data.
class NoData : public Data {
 public:
  absl::StatusOr<tar::Reader::Piece> Next() override {
    return tar::Reader::Piece();
  }
};

// As many bytes as the entry says, whatever becomes of the file.
class FileData : public Data {
 public:
  FileData(int fd, int64_t size, char* buffer)
      : fd_(fd), size_(size), buffer_(buffer) {}

  absl::StatusOr<tar::Reader::Piece> Next() override {
    const auto wanted =
        static_cast<size_t>(std::min<int64_t>(kBufferSize, size_ - offset_));
    if (wanted == 0) return tar::Reader::Piece();
    const ssize_t count =
        sys::RetryOnEintr([&] { return read(fd_, buffer_, wanted); });
    if (count < 0) return sys::ErrnoError("read");
    if (count == 0) {
      return absl::FailedPreconditionError("it became shorter meanwhile");
    }
    tar::Reader::Piece piece;
    piece.offset = offset_;
    piece.bytes = absl::string_view(buffer_, static_cast<size_t>(count));
    offset_ += count;
    return piece;
  }

 private:
  int fd_;
  int64_t size_;
  char* buffer_;
  int64_t offset_ = 0;
};

class TreeReader {
 public:
  TreeReader(const Side& side, Take take)
      : side_(side), take_(take), buffer_(base::MakePageBuffer(kBufferSize)) {}

  absl::Status Read(int parent, const std::string& base,
                    const std::string& name, absl::optional<dev_t> device);

 private:
  absl::Status ReadOpen(const sys::Fd& fd, const struct stat& info,
                        const std::string& name, bool crossed);
  absl::Status ReadBelow(const sys::Fd& fd, const std::string& name,
                         dev_t device);
  absl::Status TakeFile(const sys::Fd& fd, const tar::Entry& entry);
  tar::Entry EntryOf(const struct stat& info, const std::string& name) const;
  bool MakeHardLink(const struct stat& info, tar::Entry* entry);

  const Side& side_;
  Take take_;
  base::PageBuffer buffer_;
  NoData no_data_;
  std::map<std::pair<dev_t, ino_t>, std::string> links_;
};

tar::Entry TreeReader::EntryOf(const struct stat& info,
                               const std::string& name) const {
  tar::Entry entry = tar::StatEntry(info);
  entry.name = name;
  entry.uid = InsideId(side_.uids, info.st_uid);
  entry.gid = InsideId(side_.gids, info.st_gid);
  return entry;
}

bool TreeReader::MakeHardLink(const struct stat& info, tar::Entry* entry) {
  if (info.st_nlink < 2 || S_ISDIR(info.st_mode)) return false;
  const auto [first, added] =
      links_.try_emplace(std::make_pair(info.st_dev, info.st_ino), entry->name);
  if (added) return false;
  entry->type = tar::Type::kHardLink;
  entry->link = first->second;
  entry->size = 0;
  return true;
}

// What has vanished since its directory was read is left out.
absl::Status TreeReader::Read(int parent, const std::string& base,
                              const std::string& name,
                              absl::optional<dev_t> device) {
  const absl::StatusOr<sys::Fd> fd =
      base.empty() ? sys::OpenAt(parent, ".", O_PATH | O_DIRECTORY)
                   : sys::OpenAt(parent, base, O_PATH | O_NOFOLLOW);
  if (device.has_value() && absl::IsNotFound(fd.status())) {
    return absl::OkStatus();
  }
  if (!fd.ok()) return fd.status();
  struct stat info;
  if (fstat(fd->get(), &info) != 0) return sys::ErrnoError("stat ", name);
  if (S_ISSOCK(info.st_mode)) return absl::OkStatus();
  const bool crossed = device.has_value() && info.st_dev != *device &&
                       S_ISDIR(info.st_mode) && IsNoStorage(fd->get());
  const absl::Status status = ReadOpen(*fd, info, name, crossed);
  if (status.ok() || S_ISDIR(info.st_mode)) return status;
  return absl::Status(
      status.code(), absl::StrCat(layer::Quoted(name), ": ", status.message()));
}

absl::Status TreeReader::ReadOpen(const sys::Fd& fd, const struct stat& info,
                                  const std::string& name, bool crossed) {
  tar::Entry entry = EntryOf(info, name);
  if (MakeHardLink(info, &entry)) return take_(entry, no_data_);
  CLEAT_ASSIGN_OR_RETURN(
      entry.xattrs, layer::ReadXattrs(absl::StrCat("/proc/self/fd/", fd.get()),
                                      layer::Links::kFollowed));
  if (entry.type == tar::Type::kFile) return TakeFile(fd, entry);
  if (entry.type == tar::Type::kSymlink) {
    char target[PATH_MAX];
    const ssize_t size = readlinkat(fd.get(), "", target, sizeof(target));
    if (size < 0) return sys::ErrnoError("read link");
    entry.link.assign(target, static_cast<size_t>(size));
  }
  CLEAT_RETURN_IF_ERROR(take_(entry, no_data_));
  if (entry.type != tar::Type::kDirectory || crossed) return absl::OkStatus();
  return ReadBelow(fd, name, info.st_dev);
}

absl::Status TreeReader::ReadBelow(const sys::Fd& fd, const std::string& name,
                                   dev_t device) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> names, Names(fd.get()));
  for (const std::string& child : names) {
    CLEAT_RETURN_IF_ERROR(
        Read(fd.get(), child,
             name.empty() ? child : absl::StrCat(name, "/", child), device));
  }
  return absl::OkStatus();
}

// Opened anew through what is known to be a regular file.
absl::Status TreeReader::TakeFile(const sys::Fd& fd, const tar::Entry& entry) {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd file,
                         sys::Open(absl::StrCat("/proc/self/fd/", fd.get()),
                                   O_RDONLY | O_NONBLOCK | O_NOCTTY));
  FileData data(file.get(), entry.size, buffer_.get());
  return take_(entry, data);
}

}  // namespace

absl::Status ReadTree(const Side& side, const Place& place,
                      const std::string& name, Take take) {
  CLEAT_RETURN_IF_ERROR(CheckNoKernelFile(place.parent.get(), place.base));
  if (place.kind == Kind::kDirectory) {
    CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd, OpenDirectory(place));
    CLEAT_RETURN_IF_ERROR(CheckNoKernelFile(fd.get(), place.base));
    return TreeReader(side, take).Read(fd.get(), "", name, absl::nullopt);
  }
  return TreeReader(side, take)
      .Read(place.parent.get(), place.base, name, absl::nullopt);
}

}  // namespace cleat::copy
