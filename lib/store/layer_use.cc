#include "lib/store/layer_use.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/digest/chain_id.h"
#include "lib/digest/digest.h"
#include "lib/image/config.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_record.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

absl::Status AddImages(const Paths& paths, LayerUse& use) {
  const ImageStore images(paths.root());
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> ids, images.List());
  for (const std::string& id : ids) {
    CLEAT_ASSIGN_OR_RETURN(std::string text, images.Get(id));
    CLEAT_ASSIGN_OR_RETURN(
        const image::Config config,
        image::ParseConfig(std::move(text), paths.ImageConfig(id)));
    for (std::string& chain_id : ChainIds(config.diff_ids)) {
      use.images[std::move(chain_id)].insert(id);
    }
  }
  return absl::OkStatus();
}

absl::Status AddParents(const Paths& paths, LayerUse& use) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> layers,
                         ListLayers(paths));
  for (const std::string& chain_id : layers) {
    CLEAT_ASSIGN_OR_RETURN(use.parents[chain_id],
                           ReadLayerParent(paths, chain_id));
  }
  return absl::OkStatus();
}

absl::Status AddMounts(const Paths& paths, LayerUse& use) {
  absl::StatusOr<std::vector<std::string>> ids =
      sys::ListDirectory(paths.Mounts());
  if (absl::IsNotFound(ids.status())) return absl::OkStatus();
  if (!ids.ok()) return ids.status();
  for (const std::string& id : *ids) {
    // A container without an image has no such file.
    absl::StatusOr<std::string> chain_id =
        sys::ReadFile(absl::StrCat(paths.Mounts(), "/", id, "/parent"), 256);
    if (absl::IsNotFound(chain_id.status())) continue;
    if (!chain_id.ok()) return chain_id.status();
    // A circle of parents ends where it began.
    while (!chain_id->empty() && use.mounts[*chain_id].insert(id).second) {
      const auto parent = use.parents.find(*chain_id);
      *chain_id = parent == use.parents.end() ? "" : parent->second;
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> ChainIds(const std::vector<std::string>& diff_ids) {
  std::vector<std::string> chain;
  chain.reserve(diff_ids.size());
  for (const std::string& diff_id : diff_ids) {
    chain.push_back(
        digest::ChainId(chain.empty() ? "" : chain.back(), diff_id));
  }
  return chain;
}

absl::StatusOr<std::vector<std::string>> ListLayers(const Paths& paths) {
  absl::StatusOr<std::vector<std::string>> names =
      sys::ListDirectory(paths.LayerDatabase());
  if (absl::IsNotFound(names.status())) return std::vector<std::string>();
  if (!names.ok()) return names.status();
  std::vector<std::string> layers;
  for (const std::string& name : *names) {
    std::string chain_id = absl::StrCat("sha256:", name);
    if (digest::IsSha256(chain_id)) layers.push_back(std::move(chain_id));
  }
  return layers;
}

absl::StatusOr<LayerUse> ReadLayerUse(const Paths& paths) {
  LayerUse use;
  CLEAT_RETURN_IF_ERROR(AddImages(paths, use));
  CLEAT_RETURN_IF_ERROR(AddParents(paths, use));
  CLEAT_RETURN_IF_ERROR(AddMounts(paths, use));
  return use;
}

}  // namespace cleat::store
