#include "lib/layer/pack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/page_buffer.h"
#include "lib/base/status_macros.h"
#include "lib/digest/sha256.h"
#include "lib/layer/mtree.h"
#include "lib/layer/name.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::layer {
namespace {

using diff::Change;

constexpr size_t kBufferSize = 256 << 10;
constexpr char kWhiteout[] = ".wh.";
constexpr char kOpaque[] = ".wh..wh..opq";

absl::Status ChangedMeanwhile() {
  return absl::FailedPreconditionError(
      "it changed meanwhile: the tree must rest");
}

bool IsAsBefore(const struct stat& before, const struct stat& now) {
  return S_ISREG(now.st_mode) && now.st_dev == before.st_dev &&
         now.st_ino == before.st_ino && now.st_size == before.st_size &&
         now.st_mtim.tv_sec == before.st_mtim.tv_sec &&
         now.st_mtim.tv_nsec == before.st_mtim.tv_nsec;
}

class Packer {
 public:
  Packer(const PackOptions& options, tar::Sink sink)
      : options_(options),
        writer_(std::move(sink)),
        buffer_(base::MakePageBuffer(kBufferSize)) {}

  absl::Status Take(const Change& change);
  absl::Status Finish() { return writer_.Finish(); }

 private:
  absl::Status TakeUnnamed(const Change& change);
  absl::Status AddWhiteout(absl::string_view path);
  absl::Status AddOpaque(const Change& change);
  absl::Status AddEntry(const Change& change);
  absl::Status AddFile(const Change& change, const tar::Entry& entry);
  absl::Status CopyContent(int fd, int64_t size, digest::Sha256* hash);
  // Whether the entry is a further link to an inode, and is one now.
  bool MakeHardLink(const struct stat& info, tar::Entry* entry);
  absl::StatusOr<tar::Entry> EntryOf(const Change& change) const;
  absl::Status MapOwner(tar::Entry* entry) const;
  absl::Status Count(int64_t size);
  absl::Status Describe(const tar::Entry& entry, absl::string_view digest);

  const PackOptions& options_;
  tar::Writer writer_;
  base::PageBuffer buffer_;
  int64_t size_ = 0;
  absl::flat_hash_map<std::pair<dev_t, ino_t>, std::string> links_;
};

absl::StatusOr<uint32_t> MapId(const std::vector<procfs::IdRange>& map,
                               absl::string_view what, uint32_t id) {
  if (map.empty()) return id;
  const absl::optional<uint32_t> inside = procfs::MapIn(map, id);
  if (inside.has_value()) return *inside;
  return absl::FailedPreconditionError(
      absl::StrCat("its ", what, " ", id, " is not in the id map"));
}

absl::Status Packer::MapOwner(tar::Entry* entry) const {
  if (options_.owner.has_value()) {
    entry->uid = options_.owner->uid;
    entry->gid = options_.owner->gid;
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(entry->uid, MapId(options_.users, "user", entry->uid));
  CLEAT_ASSIGN_OR_RETURN(entry->gid,
                         MapId(options_.groups, "group", entry->gid));
  return absl::OkStatus();
}

absl::StatusOr<tar::Entry> Packer::EntryOf(const Change& change) const {
  tar::Entry entry = change.after->entry;
  entry.name = change.path;
  if (change.path.empty()) entry.name = ".";
  if (entry.type == tar::Type::kDirectory) entry.name += '/';
  if (options_.latest_mtime.has_value() &&
      entry.mtime.tv_sec >= *options_.latest_mtime) {
    entry.mtime = {*options_.latest_mtime, 0};
  }
  if (!options_.nanoseconds) entry.mtime.tv_nsec = 0;
  CLEAT_RETURN_IF_ERROR(MapOwner(&entry));
  return entry;
}

// The root of a layer of changes may have a new time because of them alone.
bool IsUntouchedRoot(const Change& change) {
  constexpr uint32_t kCounts = diff::kMode | diff::kOwner | diff::kXattrs;
  return change.path.empty() && change.kind == diff::Kind::kChanged &&
         (change.differs & kCounts) == 0;
}

bool IsAmong(absl::string_view path, const std::vector<std::string>& paths) {
  return std::any_of(
      paths.begin(), paths.end(), [path](const std::string& top) {
        return path == top || top.empty() ||
               (absl::StartsWith(path, top) && path[top.size()] == '/');
      });
}

absl::Status Packer::Take(const Change& change) {
  if (!options_.only.empty() && !IsAmong(change.path, options_.only)) {
    return absl::OkStatus();
  }
  if (IsUntouchedRoot(change)) return absl::OkStatus();
  if (change.path.empty() && options_.without_root) return absl::OkStatus();
  const absl::Status status = TakeUnnamed(change);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("pack ", Quoted(change.path),
                                                  ": ", status.message()));
}

absl::Status Packer::TakeUnnamed(const Change& change) {
  if (change.kind == diff::Kind::kDeleted) return AddWhiteout(change.path);
  if (absl::StartsWith(Split(change.path).base, kWhiteout)) {
    return absl::FailedPreconditionError(
        "a layer cannot hold this name: it would delete another");
  }
  CLEAT_RETURN_IF_ERROR(AddEntry(change));
  return change.opaque ? AddOpaque(change) : absl::OkStatus();
}

absl::Status Packer::AddWhiteout(absl::string_view path) {
  const SplitName name = Split(path);
  tar::Entry entry;
  entry.name = absl::StrCat(name.parent, name.parent.empty() ? "" : "/",
                            kWhiteout, name.base);
  CLEAT_RETURN_IF_ERROR(writer_.Add(entry));
  return Describe(entry, "");
}

absl::Status Packer::AddOpaque(const Change& change) {
  tar::Entry entry;
  entry.name =
      absl::StrCat(change.path, change.path.empty() ? "" : "/", kOpaque);
  CLEAT_RETURN_IF_ERROR(writer_.Add(entry));
  return Describe(entry, "");
}

absl::Status Packer::AddEntry(const Change& change) {
  CLEAT_ASSIGN_OR_RETURN(tar::Entry entry, EntryOf(change));
  if (!MakeHardLink(change.after->info, &entry) &&
      entry.type == tar::Type::kFile) {
    return AddFile(change, entry);
  }
  CLEAT_RETURN_IF_ERROR(writer_.Add(entry));
  return Describe(entry, "");
}

bool Packer::MakeHardLink(const struct stat& info, tar::Entry* entry) {
  if (info.st_nlink < 2 || S_ISDIR(info.st_mode)) return false;
  const auto [first, added] =
      links_.try_emplace({info.st_dev, info.st_ino}, entry->name);
  if (added) return false;
  entry->type = tar::Type::kHardLink;
  entry->link = first->second;
  entry->size = 0;
  entry->xattrs.clear();
  return true;
}

absl::Status Packer::Count(int64_t size) {
  size_ += size;
  if (options_.max_size < 0 || size_ <= options_.max_size) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("with it the files are larger than ", options_.max_size,
                   " bytes (--max-size)"));
}

// The file is opened once and described by its descriptor: who puts another in
// its place meanwhile is noticed, and a FIFO is not waited for.
absl::Status Packer::AddFile(const Change& change, const tar::Entry& entry) {
  CLEAT_RETURN_IF_ERROR(Count(entry.size));
  const sys::Fd fd(
      openat(change.parent, change.base,
             O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) {
    return errno == ENOENT || errno == ELOOP ? ChangedMeanwhile()
                                             : sys::ErrnoError("open");
  }
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return sys::ErrnoError("stat");
  if (!IsAsBefore(change.after->info, info)) return ChangedMeanwhile();
  CLEAT_RETURN_IF_ERROR(writer_.Add(entry));
  digest::Sha256 hash;
  CLEAT_RETURN_IF_ERROR(
      CopyContent(fd.get(), entry.size, options_.manifest ? &hash : nullptr));
  if (fstat(fd.get(), &info) != 0) return sys::ErrnoError("stat");
  if (!IsAsBefore(change.after->info, info)) return ChangedMeanwhile();
  return options_.manifest ? Describe(entry, hash.Finish()) : absl::OkStatus();
}

absl::Status Packer::CopyContent(int fd, int64_t size, digest::Sha256* hash) {
  for (int64_t left = size; left > 0;) {
    const size_t wanted = std::min<uint64_t>(kBufferSize, left);
    const ssize_t count =
        sys::RetryOnEintr([&] { return read(fd, buffer_.get(), wanted); });
    if (count < 0) return sys::ErrnoError("read");
    if (count == 0) return ChangedMeanwhile();
    const absl::string_view data(buffer_.get(), static_cast<size_t>(count));
    CLEAT_RETURN_IF_ERROR(writer_.Write(data));
    if (hash != nullptr) hash->Update(data);
    left -= count;
  }
  return absl::OkStatus();
}

absl::Status Packer::Describe(const tar::Entry& entry,
                              absl::string_view digest) {
  if (!options_.manifest) return absl::OkStatus();
  return options_.manifest(MtreeLine(entry, digest));
}

}  // namespace

absl::Status Pack(const diff::Stack& before, const diff::Stack& after,
                  const PackOptions& options, tar::Sink sink) {
  Packer packer(options, std::move(sink));
  if (options.manifest) {
    CLEAT_RETURN_IF_ERROR(options.manifest("#mtree\n"));
  }
  CLEAT_RETURN_IF_ERROR(
      diff::Walk(before, after, {options.without, 0},
                 [&](const Change& change) { return packer.Take(change); }));
  return packer.Finish();
}

absl::Status Pack(int directory, const PackOptions& options, tar::Sink sink) {
  const std::string path = absl::StrCat("/proc/self/fd/", directory);
  return Pack({}, {{path}, {}, /*raw=*/true}, options, std::move(sink));
}

}  // namespace cleat::layer
