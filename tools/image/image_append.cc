// image-append: makes an image of another and further layers.

#include <sys/stat.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/derive/derive_image.h"
#include "lib/layer/pack_options.h"
#include "lib/layer/unpack.h"
#include "lib/stage/squash_note.h"
#include "lib/store/find_image.h"
#include "proto/image_edit.table.h"

namespace cleat {
namespace {

using Options = proto::ImageAppendOptions;

bool IsDirectory(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

absl::StatusOr<derive::NewLayer> LayerOfFile(const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(const layer::Summary summary, layer::Hash({path}));
  derive::NewLayer layer;
  layer.diff_id = summary.diff_id;
  layer.path = path;
  layer.size = summary.size;
  return layer;
}

absl::StatusOr<derive::NewLayer> LayerOf(const std::string& operand,
                                         const layer::PackOptions& packing,
                                         const std::string& store) {
  if (!IsDirectory(operand)) return LayerOfFile(operand);
  diff::Stack tree;
  tree.layers = {operand};
  tree.form = layer::OwnTreeForm();
  tree.raw = true;
  return derive::MakeLayer(store, {}, tree, packing);
}

absl::StatusOr<derive::Derived> Append(const Options& options,
                                       const std::string& store) {
  derive::Derivation derivation;
  derivation.edit = options.edit();
  derivation.names = {options.tag().begin(), options.tag().end()};
  derivation.created_by = "image-append";
  CLEAT_RETURN_IF_ERROR(
      derive::CheckDerivation(derivation.edit, derivation.names));
  CLEAT_ASSIGN_OR_RETURN(layer::PackOptions packing,
                         layer::ParsePackOptions(options.packing()));
  // What lies in a directory is of the image; the directory itself is not.
  packing.without_root = true;
  CLEAT_ASSIGN_OR_RETURN(derivation.base,
                         store::FindImage(options.image(), "", store));
  for (const std::string& operand : options.layers()) {
    CLEAT_ASSIGN_OR_RETURN(derive::NewLayer layer,
                           LayerOf(operand, packing, store));
    derivation.layers.push_back(std::move(layer));
  }
  return derive::DeriveImage(std::move(derivation), store);
}

absl::Status ImageAppend(const Options& options, std::string* output) {
  const std::string store = cli::StorePath(options.common());
  return stage::NoteSquashing(store, [&]() -> absl::Status {
    CLEAT_ASSIGN_OR_RETURN(const derive::Derived derived,
                           Append(options, store));
    absl::StrAppend(output, derived.image.state().id(), "\n");
    return absl::OkStatus();
  });
}

}  // namespace

CLEAT_QUERY(proto::ImageAppendOptions, ImageAppend);

}  // namespace cleat
