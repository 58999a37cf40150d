#include "lib/import/load_images.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/image/read_image.h"
#include "lib/image/source.h"
#include "lib/import/spool.h"
#include "lib/layer/image_layers.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_store.h"

namespace cleat::import {
namespace {

// How often others may remove layers between our finding and needing them.
constexpr int kAttempts = 3;

// The source, with an archive that can be read at any place.
struct Opened {
  image::Source source;
  Spool spool;
};

absl::StatusOr<Opened> Open(const LoadSpec& spec, const std::string& store) {
  Opened opened;
  const absl::StatusOr<image::Source> source = image::ParseSource(spec.source);
  const bool has_transport =
      source.ok() && source->transport != image::Transport::kStore;
  if (has_transport) opened.source = *source;
  if (has_transport && source->transport == image::Transport::kOciLayout) {
    return opened;
  }
  CLEAT_ASSIGN_OR_RETURN(
      opened.spool,
      OpenSpool(has_transport ? source->path : spec.source, store));
  opened.source.path = opened.spool.path;
  if (has_transport) return opened;
  CLEAT_ASSIGN_OR_RETURN(opened.source.transport,
                         image::DetectArchive(opened.spool.path));
  return opened;
}

absl::StatusOr<std::vector<image::ListedImage>> ImagesOf(
    const LoadSpec& spec, const image::Source& source) {
  std::vector<image::ListedImage> images;
  if (source.name.empty()) {
    CLEAT_ASSIGN_OR_RETURN(images, image::ListImages(source));
  } else {
    images.push_back({source.name, {}});
  }
  if (images.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("load ", spec.source, ": it holds no image"));
  }
  if (spec.tag.empty()) return images;
  if (images.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("load ", spec.source, ": it holds ", images.size(),
                     " images, which cannot all be '", spec.tag, "'"));
  }
  images[0].names = {spec.tag};
  return images;
}

absl::StatusOr<std::string> PutImage(const image::Source& source,
                                     const LoadSpec& spec,
                                     const std::string& store) {
  std::string config;
  CLEAT_ASSIGN_OR_RETURN(const proto::ImageState state,
                         image::ReadImage(source, spec.platform, &config));
  absl::StatusOr<std::string> id;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (!state.layers().empty()) {
      CLEAT_RETURN_IF_ERROR(layer::PutInStore(state, store).status());
    }
    id = store::ImageStore(store).Put(config);
    if (!absl::IsNotFound(id.status())) break;
  }
  return id;
}

}  // namespace

absl::StatusOr<std::vector<LoadedImage>> LoadImages(const LoadSpec& spec,
                                                    const std::string& store) {
  // Whether the store is one that this process can write to.
  CLEAT_RETURN_IF_ERROR(store::LayerStore::Open(store).status());
  CLEAT_ASSIGN_OR_RETURN(Opened opened, Open(spec, store));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<image::ListedImage> images,
                         ImagesOf(spec, opened.source));
  std::vector<LoadedImage> loaded;
  for (const image::ListedImage& image : images) {
    opened.source.name = image.selector;
    CLEAT_ASSIGN_OR_RETURN(std::string id,
                           PutImage(opened.source, spec, store));
    for (const std::string& name : image.names) {
      CLEAT_RETURN_IF_ERROR(store::ImageStore(store).Tag(id, name));
    }
    loaded.push_back({std::move(id), image.names});
  }
  return loaded;
}

}  // namespace cleat::import
