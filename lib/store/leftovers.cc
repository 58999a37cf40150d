#include "lib/store/leftovers.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/ns/rootless.h"
#include "lib/store/file_lock.h"
#include "lib/store/layer_record.h"
#include "lib/store/layer_use.h"
#include "lib/store/overlay_link.h"
#include "lib/store/pending_layer.h"
#include "lib/store/remove_layers.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

using Kind = Leftover::Kind;

// What our names in layerdb/tmp begin with.
constexpr absl::string_view kOwnRecord = "cleat-";

bool LeadsNowhere(const std::string& link) {
  struct stat info;
  return stat(link.c_str(), &info) != 0 && errno == ENOENT;
}

bool IsTemporary(absl::string_view name) {
  return absl::EndsWith(name, ".tmp") || absl::StartsWith(name, ".tmp-");
}

// The directories below overlay2/ that layers and containers have.
absl::StatusOr<std::set<std::string>> ClaimedCaches(const Paths& paths) {
  std::set<std::string> claimed;
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> layers,
                         ListLayers(paths));
  for (const std::string& chain_id : layers) {
    const absl::StatusOr<std::string> cache_id = ReadCacheId(paths, chain_id);
    if (absl::IsNotFound(cache_id.status())) {
      // It was removed meanwhile, or any directory may be its own.
      if (!sys::Exists(paths.Layer(chain_id))) continue;
      return absl::DataLossError(
          absl::StrCat("read ", paths.Layer(chain_id),
                       "/cache-id: there is none: the store is damaged "
                       "(store-check --repair)"));
    }
    if (!cache_id.ok()) return cache_id.status();
    claimed.insert(*cache_id);
  }
  for (const std::string& name : ListRemoving(paths)) {
    claimed.insert(
        sys::ReadFile(
            absl::StrCat(paths.LayerDatabase(), "/", name, "/cache-id"), 256)
            .value_or(""));
  }
  const auto mounts = sys::ListDirectory(paths.Mounts());
  if (!mounts.ok()) return claimed;
  for (const std::string& id : *mounts) {
    for (const char* fact : {"/mount-id", "/init-id"}) {
      claimed.insert(
          sys::ReadFile(absl::StrCat(paths.Mounts(), "/", id, fact), 256)
              .value_or(""));
    }
  }
  return claimed;
}

class Finder {
 public:
  Finder(const Paths& paths, absl::Time before, const ContainerIds& containers)
      : paths_(paths), before_(before), containers_(containers) {}

  absl::StatusOr<std::vector<Leftover>> Run();

 private:
  template <typename Test>
  void AddIf(Kind kind, const std::string& directory, const Test& is_leftover);
  template <typename Test>
  void AddIf(Kind kind, const std::string& directory,
             const std::vector<std::string>& names, const Test& is_leftover);
  bool IsOld(const std::string& path) const;
  void AddPending();
  absl::Status AddCaches();

  const Paths& paths_;
  const absl::Time before_;
  const ContainerIds& containers_;
  std::vector<Leftover> found_;
};

bool Finder::IsOld(const std::string& path) const {
  struct stat info;
  return lstat(path.c_str(), &info) == 0 &&
         absl::TimeFromTimespec(info.st_ctim) <= before_;
}

// `is_leftover` sees an entry's name and path.
template <typename Test>
void Finder::AddIf(Kind kind, const std::string& directory,
                   const Test& is_leftover) {
  const auto names = sys::ListDirectory(directory);
  if (names.ok()) AddIf(kind, directory, *names, is_leftover);
}

template <typename Test>
void Finder::AddIf(Kind kind, const std::string& directory,
                   const std::vector<std::string>& names,
                   const Test& is_leftover) {
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(directory, "/", name);
    if (!is_leftover(name, path) || !IsOld(path)) continue;
    found_.push_back({kind, path.substr(paths_.root().size() + 1)});
  }
}

// Nobody begins meanwhile, whose new directory we would lock before him.
void Finder::AddPending() {
  const auto guard = TryLockFile(paths_.Temporary(), LockMode::kExclusive);
  if (!guard.ok()) return;
  AddIf(Kind::kPending, paths_.Temporary(), [](auto& /*name*/, auto& path) {
    return TryLockFile(path, LockMode::kExclusive).ok();
  });
}

// Who has a directory is asked once they are known: a new one's is claimed.
absl::Status Finder::AddCaches() {
  const auto names = sys::ListDirectory(paths_.Overlay());
  if (!names.ok()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const std::set<std::string> claimed,
                         ClaimedCaches(paths_));
  CLEAT_ASSIGN_OR_RETURN(const std::set<std::string> containers, containers_());
  AddIf(Kind::kCache, paths_.Overlay(), *names,
        [&](auto& name, auto& /*path*/) {
          return IsCacheId(absl::StripSuffix(name, "-init")) &&
                 claimed.count(name) == 0 && containers.count(name) == 0;
        });
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Leftover>> Finder::Run() {
  // Those of what is pending go with it.
  const auto abandoned = [&](auto& name, auto& /*path*/) {
    return !absl::StartsWith(name, kOwnRecord) ||
           !sys::Exists(absl::StrCat(paths_.Temporary(), "/",
                                     absl::StripPrefix(name, kOwnRecord)));
  };
  const auto temporary = [](auto& name, auto& /*path*/) {
    return IsTemporary(name);
  };
  AddPending();
  AddIf(Kind::kRemoving, paths_.LayerDatabase(),
        [](auto& name, auto& /*path*/) {
          return absl::EndsWith(name, "-removing");
        });
  AddIf(Kind::kTree, paths_.LayerTemporaries(), abandoned);
  AddIf(Kind::kTree, paths_.ImageMetadata(), [&](auto& name, auto& /*path*/) {
    return !sys::Exists(paths_.ImageConfig(name));
  });
  AddIf(Kind::kFile, paths_.ImageDatabase(), temporary);
  AddIf(Kind::kFile, paths_.Images(), temporary);
  if (!paths_.is_vfs()) {
    AddIf(Kind::kLink, absl::StrCat(paths_.Overlay(), "/l"),
          [](auto& /*name*/, auto& path) { return LeadsNowhere(path); });
  }
  CLEAT_RETURN_IF_ERROR(AddCaches());
  std::sort(found_.begin(), found_.end(),
            [](auto& a, auto& b) { return a.path < b.path; });
  return std::move(found_);
}

// While nobody adds a layer the directory is moved to where what is pending
// lies, so that a crash loses nothing but leaves it to the next.
absl::Status RemoveCache(const Paths& paths, const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const std::string pending = absl::StrCat(paths.Temporary(), "/", RandomId());
  {
    CLEAT_ASSIGN_OR_RETURN(const sys::Fd lock, LockFile(paths.LayerDatabase(),
                                                        LockMode::kExclusive));
    CLEAT_ASSIGN_OR_RETURN(const std::set<std::string> claimed,
                           ClaimedCaches(paths));
    if (claimed.count(name) > 0) return absl::OkStatus();
    CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(paths.Temporary(), 0700));
    RemoveLink(paths, path);
    if (rename(path.c_str(), pending.c_str()) != 0) {
      return errno == ENOENT ? absl::OkStatus()
                             : sys::ErrnoError("move ", path);
    }
  }
  return ns::RemoveTree(pending);
}

absl::Status RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return sys::ErrnoError("remove ", path);
}

// A layer that is being added has its link before its directory.
absl::Status RemoveLostLink(const Paths& paths, const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd lock,
                         LockFile(paths.LayerDatabase(), LockMode::kExclusive));
  return LeadsNowhere(path) ? RemoveFile(path) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Leftover>> FindLeftovers(
    const Paths& paths, absl::Time before, const ContainerIds& containers) {
  return Finder(paths, before, containers).Run();
}

absl::Status RemoveLeftover(const Paths& paths, const Leftover& leftover) {
  const std::string path = absl::StrCat(paths.root(), "/", leftover.path);
  switch (leftover.kind) {
    case Kind::kPending:
      PendingLayer::RemoveStale(paths);
      return absl::OkStatus();
    case Kind::kRemoving:
      return FinishRemoving(paths, path.substr(path.rfind('/') + 1));
    case Kind::kTree:
      return ns::RemoveTree(path);
    case Kind::kCache:
      return RemoveCache(paths, path);
    case Kind::kLink:
      return RemoveLostLink(paths, path);
    case Kind::kFile:
      return RemoveFile(path);
  }
  return absl::OkStatus();
}

}  // namespace cleat::store
