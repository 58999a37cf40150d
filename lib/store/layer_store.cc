#include "lib/store/layer_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/digest/digest.h"
#include "lib/store/own_form.h"
#include "lib/sys/file.h"

namespace cleat::store {

absl::StatusOr<LayerStore> LayerStore::Open(std::string root) {
  CLEAT_ASSIGN_OR_RETURN(StoreForm form, OwnForm(root));
  return LayerStore(std::move(root), std::move(form));
}

absl::StatusOr<LayerStore> LayerStore::Open(std::string root,
                                            const StoreForm& form) {
  CLEAT_RETURN_IF_ERROR(CheckStoreForm(root, form));
  return LayerStore(std::move(root), form);
}

absl::StatusOr<std::string> LayerStore::Find(absl::string_view chain_id) const {
  CLEAT_ASSIGN_OR_RETURN(const std::string cache_id,
                         ReadCacheId(paths_, chain_id));
  if (paths_.is_vfs()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "find layer ", chain_id, ": store ", paths_.root(),
        " is of the vfs driver, whose layers are whole trees: image-save the "
        "image and image-load it into another store"));
  }
  std::string diff = paths_.Diff(cache_id);
  if (sys::Exists(diff)) return diff;
  return absl::DataLossError(absl::StrCat(
      "find layer ", chain_id, ": the store lists it and lacks ", diff));
}

absl::StatusOr<LayerRecord> LayerStore::Read(absl::string_view chain_id) const {
  return ReadLayerRecord(paths_, chain_id);
}

absl::StatusOr<int64_t> LayerStore::Size(absl::string_view chain_id) const {
  return ReadLayerSize(paths_, chain_id);
}

void LayerStore::NoteUse(absl::string_view chain_id) const {
  constexpr time_t kMinute = 60;
  const std::string path = absl::StrCat(paths_.Layer(chain_id), "/cache-id");
  struct stat info;
  if (stat(path.c_str(), &info) == 0 &&
      time(nullptr) - info.st_mtime >= kMinute) {
    utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
  }
}

absl::Status LayerStore::Make() const {
  CLEAT_RETURN_IF_ERROR(paths_.MakeForLayers());
  return RecordStoreForm(paths_.root(), form_);
}

absl::StatusOr<NamedLock> LayerStore::Lock(absl::string_view chain_id) const {
  CLEAT_ASSIGN_OR_RETURN(absl::string_view hex, digest::ParseHex(chain_id));
  CLEAT_RETURN_IF_ERROR(Make());
  return NamedLock::Acquire(
      absl::StrCat(paths_.Temporary(), "/", hex, ".lock"));
}

absl::StatusOr<PendingLayer> LayerStore::Begin() const {
  CLEAT_RETURN_IF_ERROR(Make());
  CLEAT_RETURN_IF_ERROR(EnterForm(form_));
  return PendingLayer::Begin(paths_);
}

absl::StatusOr<std::string> LayerStore::Commit(
    PendingLayer layer, const LayerRecord& record) const {
  const absl::Status status = layer.Commit(record);
  if (!status.ok() && !absl::IsAlreadyExists(status)) return status;
  return Find(record.chain_id);
}

}  // namespace cleat::store
