#include "lib/derive/derive_image.h"

#include <fcntl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/derive/config_text.h"
#include "lib/digest/chain_id.h"
#include "lib/image/config.h"
#include "lib/image/reference.h"
#include "lib/layer/image_layers.h"
#include "lib/layer/pack_options.h"
#include "lib/layer/repack.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_store.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::derive {
namespace {

// What ends every archive, and is all of an empty one.
constexpr int64_t kEmptyArchive = 1024;

ConfigChanges ChangesOf(const Derivation& derivation, absl::Time created) {
  ConfigChanges changes;
  changes.edit = derivation.edit;
  changes.created =
      absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", created, absl::UTCTimeZone());
  const HistoryLine line = {derivation.created_by, derivation.edit.message(),
                            ""};
  for (const NewLayer& layer : derivation.layers) {
    changes.history.push_back(line);
    changes.history.back().diff_id = layer.diff_id;
  }
  if (changes.history.empty()) changes.history.push_back(line);
  return changes;
}

// Puts the new layers into the store, and those below them where it lacks them.
absl::StatusOr<proto::LayersState> PutLayers(Derivation& derivation,
                                             const std::string& store) {
  CLEAT_ASSIGN_OR_RETURN(const store::LayerStore layers,
                         store::LayerStore::Open(store));
  proto::ImageState state = derivation.base.state();
  for (NewLayer& layer : derivation.layers) {
    if (layer.pending) {
      CLEAT_ASSIGN_OR_RETURN(const proto::LayersState present,
                             layer::PutInStore(state, store));
      store::LayerRecord record;
      record.diff_id = layer.diff_id;
      if (!present.layers().empty()) {
        record.parent = present.layers().rbegin()->chain_id();
      }
      record.chain_id = digest::ChainId(record.parent, record.diff_id);
      record.size = layer.content_size;
      CLEAT_RETURN_IF_ERROR(
          layers.Commit(*std::move(layer.pending), record).status());
    }
    proto::LayerSource& source = *state.add_layers();
    source.set_diff_id(layer.diff_id);
    if (!layer.pending) {
      source.set_path(layer.path);
      source.set_size(layer.size);
    }
  }
  return layer::PutInStore(state, store);
}

absl::Status RecordParent(const Derivation& derivation, const std::string& id,
                          const store::ImageStore& images) {
  const std::string& parent = derivation.base.state().id();
  if (!derivation.is_child || parent == id) return absl::OkStatus();
  const absl::Status status = images.SetParent(id, parent);
  // An image that was only read from elsewhere.
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

}  // namespace

absl::StatusOr<absl::Time> CreationTime() {
  CLEAT_ASSIGN_OR_RETURN(const absl::optional<int64_t> seconds,
                         layer::SourceDateEpoch());
  return seconds.has_value() ? absl::FromUnixSeconds(*seconds) : absl::Now();
}

absl::StatusOr<NewLayer> MakeLayer(const std::string& store,
                                   const diff::Stack& before,
                                   const diff::Stack& after,
                                   const layer::PackOptions& options) {
  CLEAT_ASSIGN_OR_RETURN(const store::LayerStore layers,
                         store::LayerStore::Open(store));
  CLEAT_ASSIGN_OR_RETURN(store::PendingLayer pending, layers.Begin());
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd directory,
      sys::Open(pending.diff(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  CLEAT_ASSIGN_OR_RETURN(
      const layer::Repacked repacked,
      layer::Repack(before, after, options, directory.get(),
                    layer::FormOf(layers.form()), pending.tar_split()));
  NewLayer layer;
  layer.diff_id = repacked.diff_id;
  layer.content_size = repacked.content_size;
  layer.empty = repacked.archive_size == kEmptyArchive;
  layer.pending.emplace(std::move(pending));
  return layer;
}

absl::Status CheckDerivation(const proto::ImageEdit& edit,
                             const std::vector<std::string>& names) {
  CLEAT_RETURN_IF_ERROR(CheckEdit(edit));
  for (const std::string& name : names) {
    CLEAT_ASSIGN_OR_RETURN(const image::Reference reference,
                           image::ParseReference(name));
    if (reference.digest.empty()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("name '", name, "': a new image cannot have a digest"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Derived> DeriveImage(Derivation derivation,
                                    const std::string& store) {
  CLEAT_RETURN_IF_ERROR(CheckDerivation(derivation.edit, derivation.names));
  CLEAT_ASSIGN_OR_RETURN(const absl::Time created, CreationTime());
  CLEAT_ASSIGN_OR_RETURN(const std::string base,
                         ConfigText(derivation.base, store));
  CLEAT_ASSIGN_OR_RETURN(const std::string config,
                         EditConfig(base, ChangesOf(derivation, created)));
  CLEAT_RETURN_IF_ERROR(image::ParseConfig(config, "new config").status());
  Derived derived;
  CLEAT_ASSIGN_OR_RETURN(derived.layers, PutLayers(derivation, store));
  const store::ImageStore images(store);
  CLEAT_ASSIGN_OR_RETURN(const std::string id, images.Put(config));
  CLEAT_RETURN_IF_ERROR(RecordParent(derivation, id, images));
  for (const std::string& name : derivation.names) {
    CLEAT_RETURN_IF_ERROR(images.Tag(id, name));
  }
  derived.image.mutable_spec()->set_reference(
      derivation.names.empty() ? id : derivation.names[0]);
  CLEAT_ASSIGN_OR_RETURN(*derived.image.mutable_state(),
                         images.Read(id, absl::nullopt));
  return derived;
}

}  // namespace cleat::derive
