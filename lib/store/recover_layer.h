#ifndef CLEAT_LIB_STORE_RECOVER_LAYER_H_
#define CLEAT_LIB_STORE_RECOVER_LAYER_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "lib/store/layer_record.h"
#include "lib/store/paths.h"

// What a damaged layer's facts were, where that can be proved: a ChainID is the
// digest of the parent's and the DiffID (lib/digest/chain_id.h), a DiffID that
// of the archive, which is put together of tar-split.json.gz and the files.

namespace cleat::store {

// What makes a ChainID.
struct Origin {
  std::string parent;
  std::string diff_id;
};

// The origins of a stack of layers, by ChainID.
std::map<std::string, Origin> OriginsOf(
    const std::vector<std::string>& diff_ids);

// The origin of `layer.chain_id`, of which `layer` may say wrong or nothing:
// among the `known` ones, or of a layer of the store upon another. With `deep`
// the archive is read where the DiffID is not known. Nothing when none fits.
absl::optional<Origin> RecoverOrigin(const Paths& paths,
                                     const LayerRecord& layer,
                                     const std::map<std::string, Origin>& known,
                                     bool deep);

// The directory that holds the layer's files, of those that no other layer and
// no container has, nor `taken` names: the first with which the archive has
// layer.diff_id. Empty when there is none. Reads their files.
std::string RecoverCacheId(const Paths& paths, LayerRecord layer,
                           const std::set<std::string>& taken);

// The short name in overlay2/l/ that leads to the layer's directory; empty when
// there is none.
std::string RecoverLink(const Paths& paths, const std::string& cache_id);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_RECOVER_LAYER_H_
