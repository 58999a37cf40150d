#include "lib/derive/derive_image.h"

#include <fcntl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/derive/config_text.h"
#include "lib/image/config.h"
#include "lib/image/reference.h"
#include "lib/layer/image_layers.h"
#include "lib/layer/pack_options.h"
#include "lib/layer/pack_stream.h"
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

proto::ImageState WithLayers(const Derivation& derivation) {
  proto::ImageState state = derivation.base.state();
  for (const NewLayer& layer : derivation.layers) {
    proto::LayerSource& source = *state.add_layers();
    source.set_diff_id(layer.diff_id);
    source.set_path(layer.path);
    source.set_size(layer.size);
  }
  return state;
}

}  // namespace

absl::StatusOr<absl::Time> CreationTime() {
  CLEAT_ASSIGN_OR_RETURN(const absl::optional<int64_t> seconds,
                         layer::SourceDateEpoch());
  return seconds.has_value() ? absl::FromUnixSeconds(*seconds) : absl::Now();
}

absl::StatusOr<Scratch> Scratch::Make(const std::string& store) {
  CLEAT_ASSIGN_OR_RETURN(const store::LayerStore layers,
                         store::LayerStore::Open(store));
  CLEAT_ASSIGN_OR_RETURN(store::PendingLayer pending, layers.Begin());
  return Scratch(std::move(pending));
}

absl::StatusOr<NewLayer> Scratch::Pack(
    const std::string& name, const diff::Stack& before,
    const diff::Stack& after, const layer::PackOptions& options) const {
  NewLayer layer;
  layer.path = absl::StrCat(pending_.directory(), "/", name);
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd fd,
      sys::Open(layer.path, O_WRONLY | O_CREAT | O_EXCL, 0600));
  CLEAT_ASSIGN_OR_RETURN(const layer::Summary summary,
                         layer::PackStream(before, after, options, {},
                                           [&](absl::string_view data) {
                                             return sys::WriteAll(
                                                 fd.get(), data, layer.path);
                                           }));
  layer.diff_id = summary.diff_id;
  layer.size = summary.size;
  layer.empty = summary.size == kEmptyArchive;
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

absl::StatusOr<Derived> DeriveImage(const Derivation& derivation,
                                    const std::string& store) {
  CLEAT_RETURN_IF_ERROR(CheckDerivation(derivation.edit, derivation.names));
  CLEAT_ASSIGN_OR_RETURN(const absl::Time created, CreationTime());
  CLEAT_ASSIGN_OR_RETURN(const std::string base,
                         ConfigText(derivation.base, store));
  CLEAT_ASSIGN_OR_RETURN(const std::string config,
                         EditConfig(base, ChangesOf(derivation, created)));
  CLEAT_RETURN_IF_ERROR(image::ParseConfig(config, "new config").status());
  Derived derived;
  CLEAT_ASSIGN_OR_RETURN(derived.layers,
                         layer::PutInStore(WithLayers(derivation), store));
  const store::ImageStore images(store);
  CLEAT_ASSIGN_OR_RETURN(const std::string id, images.Put(config));
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
