#include "lib/store/recover_layer.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/chain_id.h"
#include "lib/store/layer_archive.h"
#include "lib/store/layer_use.h"
#include "lib/store/overlay_link.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

// The parents that there may be: none, the one that the layer says, and all.
std::vector<std::string> PossibleParents(const Paths& paths,
                                         const LayerRecord& layer) {
  std::vector<std::string> parents = {layer.parent, ""};
  const auto layers = ListLayers(paths);
  if (layers.ok())
    parents.insert(parents.end(), layers->begin(), layers->end());
  return parents;
}

absl::optional<Origin> OriginWith(const Paths& paths, const LayerRecord& layer,
                                  const std::string& diff_id) {
  if (diff_id.empty()) return absl::nullopt;
  for (std::string& parent : PossibleParents(paths, layer)) {
    if (digest::ChainId(parent, diff_id) == layer.chain_id) {
      return Origin{std::move(parent), diff_id};
    }
  }
  return absl::nullopt;
}

// Directories that layers and containers name.
std::set<std::string> NamedCaches(const Paths& paths) {
  std::set<std::string> named;
  for (const std::string& chain_id :
       ListLayers(paths).value_or(std::vector<std::string>())) {
    named.insert(ReadCacheId(paths, chain_id).value_or(""));
  }
  for (const std::string& id : sys::ListDirectory(paths.Mounts())
                                   .value_or(std::vector<std::string>())) {
    for (const char* fact : {"/mount-id", "/init-id"}) {
      named.insert(
          sys::ReadFile(absl::StrCat(paths.Mounts(), "/", id, fact), 256)
              .value_or(""));
    }
  }
  return named;
}

}  // namespace

std::map<std::string, Origin> OriginsOf(
    const std::vector<std::string>& diff_ids) {
  std::map<std::string, Origin> origins;
  std::string parent;
  for (const std::string& diff_id : diff_ids) {
    std::string chain_id = digest::ChainId(parent, diff_id);
    origins[chain_id] = {std::move(parent), diff_id};
    parent = std::move(chain_id);
  }
  return origins;
}

absl::optional<Origin> RecoverOrigin(const Paths& paths,
                                     const LayerRecord& layer,
                                     const std::map<std::string, Origin>& known,
                                     bool deep) {
  const auto found = known.find(layer.chain_id);
  if (found != known.end()) return found->second;
  absl::optional<Origin> origin = OriginWith(paths, layer, layer.diff_id);
  if (origin || !deep || layer.cache_id.empty()) return origin;
  return OriginWith(paths, layer, ComputeDiffId(paths, layer).value_or(""));
}

std::string RecoverCacheId(const Paths& paths, LayerRecord layer,
                           const std::set<std::string>& taken) {
  const std::set<std::string> named = NamedCaches(paths);
  for (std::string& name : sys::ListDirectory(paths.Overlay())
                               .value_or(std::vector<std::string>())) {
    if (!IsCacheId(name) || named.count(name) + taken.count(name) > 0) continue;
    layer.cache_id = std::move(name);
    const auto diff_id = ComputeDiffId(paths, layer);
    if (diff_id.ok() && *diff_id == layer.diff_id) return layer.cache_id;
  }
  return "";
}

std::string RecoverLink(const Paths& paths, const std::string& cache_id) {
  const std::string target = absl::StrCat("../", cache_id, "/diff");
  for (std::string& name :
       sys::ListDirectory(absl::StrCat(paths.Overlay(), "/l"))
           .value_or(std::vector<std::string>())) {
    if (IsLink(name) && LinkTarget(paths, name) == target) {
      return std::move(name);
    }
  }
  return "";
}

}  // namespace cleat::store
