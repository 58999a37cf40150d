#include "lib/store/remove_layers.h"

#include <stdio.h>

#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/rootless.h"
#include "lib/store/file_lock.h"
#include "lib/store/guard.h"
#include "lib/store/overlay_link.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

constexpr absl::string_view kRemoving = "-removing";

// Takes the layer out of the store; returns the name that its record has now.
absl::StatusOr<std::string> TakeOut(const Paths& paths,
                                    const std::string& chain_id) {
  std::string name = absl::StrCat(absl::StripPrefix(chain_id, "sha256:"), "-",
                                  RandomId(), kRemoving);
  const std::string to = absl::StrCat(paths.LayerDatabase(), "/", name);
  if (rename(paths.Layer(chain_id).c_str(), to.c_str()) == 0) return name;
  return sys::ErrnoError("remove layer ", chain_id, " from the store");
}

struct Taken {
  std::vector<std::string> chain_ids;
  std::vector<std::string> names;
};

absl::StatusOr<Taken> TakeOutUnused(const Paths& paths,
                                    const std::vector<std::string>& tops,
                                    const std::set<std::string>& keep) {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd lock,
                         LockFile(paths.LayerDatabase(), LockMode::kExclusive));
  CLEAT_ASSIGN_OR_RETURN(LayerUse use, ReadLayerUse(paths));
  Taken taken;
  for (std::string& chain_id : UnusedLayers(std::move(use), tops, keep)) {
    CLEAT_ASSIGN_OR_RETURN(std::string name, TakeOut(paths, chain_id));
    taken.chain_ids.push_back(std::move(chain_id));
    taken.names.push_back(std::move(name));
  }
  return taken;
}

}  // namespace

std::vector<std::string> UnusedLayers(LayerUse use,
                                      const std::vector<std::string>& tops,
                                      const std::set<std::string>& keep) {
  std::map<std::string, int> children;
  for (const auto& layer : use.parents) ++children[layer.second];
  std::vector<std::string> unused;
  for (std::string chain_id : tops) {
    while (use.parents.count(chain_id) > 0 && !use.IsUsed(chain_id) &&
           keep.count(chain_id) == 0 && children[chain_id] == 0) {
      unused.push_back(chain_id);
      std::string parent = use.parents[chain_id];
      use.parents.erase(chain_id);
      --children[parent];
      chain_id = std::move(parent);
    }
  }
  return unused;
}

absl::StatusOr<std::vector<std::string>> RemoveUnusedLayers(
    const Paths& paths, const std::vector<std::string>& tops,
    const std::set<std::string>& keep) {
  if (!sys::Exists(paths.LayerDatabase())) return std::vector<std::string>();
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd guard, GuardWriting(paths.root()));
  CLEAT_ASSIGN_OR_RETURN(Taken taken, TakeOutUnused(paths, tops, keep));
  for (const std::string& name : taken.names) {
    CLEAT_RETURN_IF_ERROR(FinishRemoving(paths, name));
  }
  return std::move(taken.chain_ids);
}

std::vector<std::string> ListRemoving(const Paths& paths) {
  std::vector<std::string> removing;
  absl::StatusOr<std::vector<std::string>> names =
      sys::ListDirectory(paths.LayerDatabase());
  if (!names.ok()) return removing;
  for (std::string& name : *names) {
    if (absl::EndsWith(name, kRemoving)) removing.push_back(std::move(name));
  }
  return removing;
}

absl::Status FinishRemoving(const Paths& paths, const std::string& name) {
  trace::Span span("remove layer", name);
  const std::string record = absl::StrCat(paths.LayerDatabase(), "/", name);
  const absl::StatusOr<std::string> cache_id =
      sys::ReadFile(record + "/cache-id", 256);
  if (cache_id.ok() && IsCacheId(*cache_id)) {
    const std::string layer = paths.Cache(*cache_id);
    RemoveLink(paths, layer);
    CLEAT_RETURN_IF_ERROR(ns::RemoveTree(layer));
  }
  return ns::RemoveTree(record);
}

}  // namespace cleat::store
