#ifndef CLEAT_LIB_STORE_LAYER_USE_H_
#define CLEAT_LIB_STORE_LAYER_USE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/store/paths.h"

// What needs which layer of a store.

namespace cleat::store {

struct LayerUse {
  // By ChainID: the ImageIDs of the images in whose stack it is.
  std::map<std::string, std::set<std::string>> images;
  // By ChainID: the ids of the dockerd's containers on it, directly or not.
  std::map<std::string, std::set<std::string>> mounts;
  // The parent of every layer there is; empty for none.
  std::map<std::string, std::string> parents;

  bool IsUsed(const std::string& chain_id) const {
    return images.count(chain_id) > 0 || mounts.count(chain_id) > 0;
  }
};

// Reads the configs of all images, the parents of all layers, and the
// containers' (layerdb/mounts/ID/parent). What is damaged is an error: it
// might need any layer.
absl::StatusOr<LayerUse> ReadLayerUse(const Paths& paths);

// The names in layerdb that are ChainIDs, "sha256:…", sorted.
absl::StatusOr<std::vector<std::string>> ListLayers(const Paths& paths);

// The ChainIDs of a stack of layers, bottom first.
std::vector<std::string> ChainIds(const std::vector<std::string>& diff_ids);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_LAYER_USE_H_
