#ifndef CLEAT_LIB_STORE_REMOVE_LAYERS_H_
#define CLEAT_LIB_STORE_REMOVE_LAYERS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/store/layer_use.h"
#include "lib/store/paths.h"

// Removing layers, as dockerd does it (moby: layer/layer_store.go,
// deleteLayer): the layer's record is renamed, which takes it out of the store
// at once, to layerdb/sha256/CHAIN-RANDOM-removing; then its files go, and the
// record last. What a crash leaves, the next removal, store-gc or the next
// start of a dockerd finds and removes.
//
// LayerDatabase() is locked exclusively from the look at who needs a layer to
// the renaming; who adds what needs a layer (a layer upon it, an image) locks
// it shared and looks whether the layer is there.

namespace cleat::store {

// The layers of `tops` that nothing needs, with their parents that then nothing
// needs, in the order in which they can go.
std::vector<std::string> UnusedLayers(LayerUse use,
                                      const std::vector<std::string>& tops,
                                      const std::set<std::string>& keep);

// Removes each of the layers `tops` that nothing needs (no image, mount, layer
// upon it, nor `keep`, of ChainIDs), then its parent likewise, and so on.
// Returns the ChainIDs of those removed, tops first. kDataLoss when the store
// is damaged so that it is not known who needs what; kFailedPrecondition while
// a dockerd runs on it.
absl::StatusOr<std::vector<std::string>> RemoveUnusedLayers(
    const Paths& paths, const std::vector<std::string>& tops,
    const std::set<std::string>& keep);

// The names in layerdb of layers whose removal has not come to its end.
std::vector<std::string> ListRemoving(const Paths& paths);

// Brings one to its end. What cannot be removed is an error, and can be tried
// again.
absl::Status FinishRemoving(const Paths& paths, const std::string& name);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_REMOVE_LAYERS_H_
