#ifndef CLEAT_LIB_STORE_LAYER_STORE_H_
#define CLEAT_LIB_STORE_LAYER_STORE_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/store/file_lock.h"
#include "lib/store/layer_record.h"
#include "lib/store/paths.h"
#include "lib/store/pending_layer.h"
#include "lib/store/store_form.h"

// The layers of a store, unpacked, each once, named by their ChainIDs:
//
//   CLEAT_ASSIGN_OR_RETURN(LayerStore layers, LayerStore::Open(root));
//   absl::StatusOr<std::string> path = layers.Find(chain_id);
//   if (absl::IsNotFound(path.status())) {
//     CLEAT_ASSIGN_OR_RETURN(NamedLock lock, layers.Lock(chain_id));
//     path = layers.Find(chain_id);  // Somebody else may have made it.
//     …
//     CLEAT_ASSIGN_OR_RETURN(PendingLayer layer, layers.Begin());
//     … unpack into layer.diff() …
//     path = layers.Commit(std::move(layer), {chain_id, diff_id, parent,
//     size});
//   }

namespace cleat::store {

class LayerStore {
 public:
  // Writes nothing; a missing store is an empty one. In the form that this
  // process can use, with the errors of OwnForm; or in the given one,
  // kFailedPrecondition when the layers are in another.
  static absl::StatusOr<LayerStore> Open(std::string root);
  static absl::StatusOr<LayerStore> Open(std::string root,
                                         const StoreForm& form);

  const StoreForm& form() const { return form_; }

  // The directory of the layer's files, as overlayfs takes it. kNotFound;
  // kDataLoss when the store lists the layer and lacks its directory;
  // kFailedPrecondition in a store of the vfs driver, which has none such.
  absl::StatusOr<std::string> Find(absl::string_view chain_id) const;
  absl::StatusOr<LayerRecord> Read(absl::string_view chain_id) const;
  absl::StatusOr<int64_t> Size(absl::string_view chain_id) const;

  // Notes that the layer is used now, to a minute, for who removes what nobody
  // has used for long: the time of its cache-id file. A store that cannot be
  // written to remembers nothing.
  void NoteUse(absl::string_view chain_id) const;

  // Waits until nobody else makes this layer. Only saves double work: Commit
  // is safe without it.
  absl::StatusOr<NamedLock> Lock(absl::string_view chain_id) const;

  // An empty layer to fill. Makes the store where there is none, and gives
  // this process the rights over the ids of its files (EnterForm).
  absl::StatusOr<PendingLayer> Begin() const;

  // Moves the layer into the store and returns its directory; that of the
  // other one when somebody else was faster. On an error nothing of the layer
  // remains.
  absl::StatusOr<std::string> Commit(PendingLayer layer,
                                     const LayerRecord& record) const;

 private:
  LayerStore(std::string root, StoreForm form)
      : paths_(std::move(root)), form_(std::move(form)) {}

  absl::Status Make() const;

  Paths paths_;
  StoreForm form_;
};

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_LAYER_STORE_H_
