#include "lib/store/pending_layer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/digest/digest.h"
#include "lib/ns/rootless.h"
#include "lib/store/file_lock.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

// overlay2's short names: 26 characters of base32 (moby: overlay2/randomid.go).
constexpr size_t kLinkSize = 26;
constexpr char kBase32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::string NewLink() {
  const std::string digits = RandomId();
  std::string link;
  for (size_t i = 0; i < kLinkSize; ++i) {
    const std::string byte = digits.substr(2 * i, 2);
    link += kBase32[strtoul(byte.c_str(), nullptr, 16) % 32];
  }
  return link;
}

bool IsLink(absl::string_view name) {
  return name.size() == kLinkSize &&
         name.find_first_not_of(kBase32) == absl::string_view::npos;
}

absl::Status MakeDirectory(const std::string& path, mode_t mode) {
  if (mkdir(path.c_str(), mode) == 0) return absl::OkStatus();
  return sys::ErrnoError("make directory ", path);
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return sys::ErrnoError("rename ", from, " to ", to);
}

absl::Status WriteNew(const std::string& path, absl::string_view text,
                      mode_t mode) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::Open(path, O_WRONLY | O_CREAT | O_EXCL, mode));
  return sys::WriteAll(fd.get(), text, path);
}

// The short name that the layer's `link` file gives; empty without one.
std::string ReadLink(const std::string& layer) {
  absl::StatusOr<std::string> link = sys::ReadFile(layer + "/link", 64);
  return link.ok() && IsLink(*link) ? *link : "";
}

// `lower` as overlay2 writes it: the parents' short names, nearest first.
absl::StatusOr<std::string> LowerAbove(const Paths& paths,
                                       const std::string& parent) {
  CLEAT_ASSIGN_OR_RETURN(const std::string cache_id,
                         ReadCacheId(paths, parent));
  const std::string layer = paths.Cache(cache_id);
  CLEAT_ASSIGN_OR_RETURN(std::string link, sys::ReadFile(layer + "/link", 64));
  if (!IsLink(link)) {
    return absl::DataLossError(absl::StrCat(
        "read ", layer, "/link: is no short name: the store is damaged"));
  }
  absl::StatusOr<std::string> lower = sys::ReadFile(layer + "/lower");
  if (absl::IsNotFound(lower.status())) return absl::StrCat("l/", link);
  if (!lower.ok()) return lower.status();
  return absl::StrCat("l/", link, ":", *lower);
}

// The order makes it repeatable: what says that the layer is uncommitted goes
// last.
absl::Status Remove(const Paths& paths, absl::string_view cache_id) {
  const std::string record = paths.LayerTemporary(cache_id);
  const std::string pending = absl::StrCat(paths.Temporary(), "/", cache_id);
  if (sys::Exists(record)) {
    for (const std::string& layer :
         {paths.Cache(cache_id), pending + "/layer"}) {
      const std::string link = ReadLink(layer);
      if (!link.empty()) unlink(paths.Link(link).c_str());
      CLEAT_RETURN_IF_ERROR(ns::RemoveTree(layer));
    }
    CLEAT_RETURN_IF_ERROR(ns::RemoveTree(record));
  }
  return ns::RemoveTree(pending);
}

// Takes the locks of the dead while nobody can begin; they are kept while the
// caller removes what they guard.
std::vector<std::pair<std::string, sys::Fd>> LockStale(const Paths& paths) {
  std::vector<std::pair<std::string, sys::Fd>> stale;
  const std::string area = paths.Temporary();
  absl::StatusOr<std::vector<std::string>> names = sys::ListDirectory(area);
  if (!names.ok() || names->empty()) return stale;
  absl::StatusOr<sys::Fd> guard = TryLockFile(area, LockMode::kExclusive);
  if (!guard.ok()) return stale;
  for (const std::string& name : *names) {
    absl::StatusOr<sys::Fd> lock =
        TryLockFile(absl::StrCat(area, "/", name), LockMode::kExclusive);
    if (lock.ok()) stale.emplace_back(name, *std::move(lock));
  }
  return stale;
}

}  // namespace

PendingLayer::PendingLayer(const Paths& paths, std::string cache_id,
                           sys::Fd lock)
    : paths_(paths), cache_id_(std::move(cache_id)), lock_(std::move(lock)) {}

void PendingLayer::RemoveStale(const Paths& paths) {
  for (const auto& entry : LockStale(paths)) {
    if (IsCacheId(entry.first)) Remove(paths, entry.first).IgnoreError();
    if (absl::EndsWith(entry.first, ".lock")) {
      unlink(absl::StrCat(paths.Temporary(), "/", entry.first).c_str());
    }
  }
}

absl::StatusOr<PendingLayer> PendingLayer::Begin(const Paths& paths) {
  RemoveStale(paths);
  const std::string cache_id = RandomId();
  const std::string path = absl::StrCat(paths.Temporary(), "/", cache_id);
  // Keeps others from taking the new directory for a dead one's before it is
  // locked.
  CLEAT_ASSIGN_OR_RETURN(sys::Fd guard,
                         LockFile(paths.Temporary(), LockMode::kShared));
  CLEAT_RETURN_IF_ERROR(MakeDirectory(path, 0700));
  CLEAT_ASSIGN_OR_RETURN(sys::Fd lock, TryLockFile(path, LockMode::kExclusive));
  PendingLayer layer(paths, cache_id, std::move(lock));
  CLEAT_RETURN_IF_ERROR(MakeDirectory(path + "/layer", 0710));
  CLEAT_RETURN_IF_ERROR(MakeDirectory(layer.diff(), 0755));
  // It becomes the container's "/", whatever the caller's umask.
  if (chmod(layer.diff().c_str(), 0755) != 0) {
    return sys::ErrnoError("change mode of ", layer.diff());
  }
  return layer;
}

PendingLayer::~PendingLayer() {
  if (lock_.valid()) Remove(paths_, cache_id_).IgnoreError();
}

std::string PendingLayer::diff() const { return directory() + "/layer/diff"; }

std::string PendingLayer::directory() const {
  return absl::StrCat(paths_.Temporary(), "/", cache_id_);
}

absl::Status PendingLayer::Complete(const std::string& parent) const {
  const std::string layer = directory() + "/layer";
  const std::string link = NewLink();
  CLEAT_RETURN_IF_ERROR(WriteNew(layer + "/link", link, 0644));
  CLEAT_RETURN_IF_ERROR(WriteNew(layer + "/committed", "", 0600));
  if (!parent.empty()) {
    CLEAT_ASSIGN_OR_RETURN(const std::string lower, LowerAbove(paths_, parent));
    CLEAT_RETURN_IF_ERROR(WriteNew(layer + "/lower", lower, 0644));
    CLEAT_RETURN_IF_ERROR(MakeDirectory(layer + "/work", 0700));
  }
  const std::string target = absl::StrCat("../", cache_id_, "/diff");
  if (symlink(target.c_str(), paths_.Link(link).c_str()) != 0) {
    return sys::ErrnoError("make link ", paths_.Link(link));
  }
  return absl::OkStatus();
}

absl::Status PendingLayer::MoveIntoPlace(const LayerRecord& record) {
  CLEAT_RETURN_IF_ERROR(
      Rename(directory() + "/layer", paths_.Cache(cache_id_)));
  const std::string chain = paths_.Layer(record.chain_id);
  absl::Status moved = Rename(paths_.LayerTemporary(cache_id_), chain);
  // rename(2) says so of a directory that has entries.
  if (!moved.ok() && sys::Exists(chain)) {
    return absl::AlreadyExistsError(absl::StrCat(
        "layer ", record.chain_id, " is in store ", paths_.root(), " already"));
  }
  return moved;
}

absl::Status PendingLayer::Commit(LayerRecord record) {
  trace::Span span("commit layer", record.chain_id);
  CLEAT_RETURN_IF_ERROR(digest::ParseHex(record.chain_id).status());
  CLEAT_RETURN_IF_ERROR(digest::ParseHex(record.diff_id).status());
  record.cache_id = cache_id_;
  CLEAT_RETURN_IF_ERROR(
      WriteLayerRecord(paths_.LayerTemporary(cache_id_), record));
  CLEAT_RETURN_IF_ERROR(Complete(record.parent));
  return MoveIntoPlace(record);
}

}  // namespace cleat::store
