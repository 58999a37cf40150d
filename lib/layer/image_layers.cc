#include "lib/layer/image_layers.h"

#include <fcntl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/digest/chain_id.h"
#include "lib/digest/digest.h"
#include "lib/layer/unpack.h"
#include "lib/store/layer_store.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::layer {
namespace {

// A layer of the image and its place in the stack.
struct Wanted {
  const proto::LayerSource& source;
  std::string chain_id;
  std::string parent;
  int64_t max_plain_size;
};

Expected ExpectedOf(const Wanted& wanted) {
  const proto::LayerSource& source = wanted.source;
  Expected expected;
  expected.max_plain_size = wanted.max_plain_size;
  expected.diff_id = source.diff_id();
  expected.digest = source.digest();
  if (source.has_size()) expected.size = source.size();
  return expected;
}

BlobLocation LocationOf(const proto::LayerSource& source) {
  return {source.path(), source.offset(),
          source.has_size() ? source.size() : -1};
}

absl::StatusOr<std::string> UnpackIntoStore(const store::LayerStore& layers,
                                            const Wanted& wanted) {
  CLEAT_ASSIGN_OR_RETURN(store::PendingLayer pending, layers.Begin());
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd directory,
      sys::Open(pending.diff(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  UnpackOptions options = FormOf(layers.form());
  options.tar_split = absl::StrCat(pending.directory(), "/tar-split.json.gz");
  CLEAT_ASSIGN_OR_RETURN(const Unpacked unpacked,
                         Unpack(LocationOf(wanted.source), ExpectedOf(wanted),
                                directory.get(), options));
  store::LayerRecord record;
  record.chain_id = wanted.chain_id;
  record.diff_id = wanted.source.diff_id();
  record.parent = wanted.parent;
  record.size = unpacked.content_size;
  return layers.Commit(std::move(pending), record);
}

// Returns the layer's directory.
absl::StatusOr<std::string> FindOrUnpack(const store::LayerStore& layers,
                                         const Wanted& wanted) {
  absl::StatusOr<std::string> path = layers.Find(wanted.chain_id);
  if (!absl::IsNotFound(path.status())) return path;
  if (!wanted.source.has_path()) {
    return absl::NotFoundError(absl::StrCat(
        path.status().message(), ", and the image does not say where it is"));
  }
  CLEAT_ASSIGN_OR_RETURN(const store::NamedLock lock,
                         layers.Lock(wanted.chain_id));
  path = layers.Find(wanted.chain_id);
  if (!absl::IsNotFound(path.status())) return path;
  return UnpackIntoStore(layers, wanted);
}

}  // namespace

Form FormOf(const store::StoreForm& form) {
  return {form.xattrs == "user", form.squashed()};
}

absl::StatusOr<proto::LayersState> PutInStore(const proto::ImageState& image,
                                              const std::string& store,
                                              int64_t max_plain_size) {
  CLEAT_ASSIGN_OR_RETURN(const store::LayerStore layers,
                         store::LayerStore::Open(store));
  proto::LayersState state;
  state.set_store(store);
  std::string parent;
  for (const proto::LayerSource& source : image.layers()) {
    CLEAT_RETURN_IF_ERROR(digest::ParseHex(source.diff_id()).status());
    const Wanted wanted = {source, digest::ChainId(parent, source.diff_id()),
                           parent, max_plain_size};
    CLEAT_ASSIGN_OR_RETURN(std::string path, FindOrUnpack(layers, wanted));
    proto::UnpackedLayer* layer = state.add_layers();
    layer->set_diff_id(source.diff_id());
    layer->set_chain_id(wanted.chain_id);
    layer->set_path(std::move(path));
    parent = wanted.chain_id;
  }
  return state;
}

}  // namespace cleat::layer
