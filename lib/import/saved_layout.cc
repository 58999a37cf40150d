#include "lib/import/saved_layout.h"

#include <algorithm>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/digest/sha256.h"
#include "lib/image/config.h"
#include "lib/image/reference.h"
#include "lib/store/layer_archive.h"
#include "lib/store/layer_use.h"

namespace cleat::import {
namespace {

constexpr char kLayoutVersion[] = R"({"imageLayoutVersion":"1.0.0"})";

SavedBlob BlobOf(const std::string& text) {
  return {digest::Sha256Of(text), static_cast<int64_t>(text.size())};
}

absl::Status WriteText(ImageWriter& writer, const std::string& name,
                       const std::string& text) {
  return writer.AddFile(name, static_cast<int64_t>(text.size()),
                        [&](const ByteSink& sink) { return sink(text); });
}

absl::Status WriteTextBlob(ImageWriter& writer, const SavedBlob& blob,
                           const std::string& text) {
  return writer.AddBlob(blob, [&](const ByteSink& sink) { return sink(text); });
}

}  // namespace

absl::Status SavedLayout::CollectLayer(const std::string& chain_id) {
  Layer layer;
  CLEAT_ASSIGN_OR_RETURN(layer.record,
                         store::ReadLayerRecord(paths_, chain_id));
  if (layers_.count(layer.record.diff_id) > 0) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(layer.size,
                         store::LayerArchiveSize(paths_, layer.record));
  layers_[layer.record.diff_id] = std::move(layer);
  return absl::OkStatus();
}

absl::StatusOr<SavedLayout::Image> SavedLayout::ReadImage(
    const std::string& id) {
  Image image;
  CLEAT_ASSIGN_OR_RETURN(image.saved.config_text, images_.Get(id));
  CLEAT_ASSIGN_OR_RETURN(
      image::Config config,
      image::ParseConfig(image.saved.config_text, paths_.ImageConfig(id)));
  image.saved.config = BlobOf(image.saved.config_text);
  image.diff_ids = std::move(config.diff_ids);
  for (const std::string& chain_id : store::ChainIds(image.diff_ids)) {
    CLEAT_RETURN_IF_ERROR(CollectLayer(chain_id));
  }
  return image;
}

absl::Status SavedLayout::CollectImage(const std::string& name) {
  CLEAT_ASSIGN_OR_RETURN(const std::string id, images_.Resolve(name));
  auto image = std::find_if(
      collected_.begin(), collected_.end(),
      [&](const Image& other) { return other.saved.config.digest == id; });
  if (image == collected_.end()) {
    CLEAT_ASSIGN_OR_RETURN(Image read, ReadImage(id));
    image = collected_.insert(collected_.end(), std::move(read));
  }
  const auto reference = image::ParseReference(name);
  if (!reference.ok() || !reference->digest.empty() ||
      repositories_.Find(*reference) != id) {
    return absl::OkStatus();
  }
  std::vector<std::string>& names = image->saved.names;
  std::string familiar = image::FamiliarReference(*reference);
  if (!std::count(names.begin(), names.end(), familiar)) {
    names.push_back(std::move(familiar));
  }
  return absl::OkStatus();
}

absl::Status SavedLayout::Collect(const std::vector<std::string>& names) {
  CLEAT_ASSIGN_OR_RETURN(repositories_, store::Repositories::Load(paths_));
  for (const std::string& name : names) {
    CLEAT_RETURN_IF_ERROR(CollectImage(name));
  }
  return absl::OkStatus();
}

absl::Status SavedLayout::Compress(const Layer& layer,
                                   const ByteSink& sink) const {
  CLEAT_ASSIGN_OR_RETURN(const auto encoder,
                         compress::MakeSink(compression_, sink));
  CLEAT_RETURN_IF_ERROR(store::WriteLayerArchive(
      paths_, layer.record,
      [&](absl::string_view bytes) { return encoder->Write(bytes); }));
  return encoder->Finish();
}

absl::StatusOr<SavedBlob> SavedLayout::WriteLayer(ImageWriter& writer,
                                                  const Layer& layer) const {
  if (compression_.format != compress::Format::kPlain) {
    return writer.AddBlob(
        [&](const ByteSink& sink) { return Compress(layer, sink); });
  }
  SavedBlob blob = {layer.record.diff_id, layer.size};
  CLEAT_RETURN_IF_ERROR(writer.AddBlob(blob, [&](const ByteSink& sink) {
    return store::WriteLayerArchive(paths_, layer.record, sink);
  }));
  return blob;
}

absl::Status SavedLayout::WriteImage(ImageWriter& writer, Image& image) const {
  SavedImage& saved = image.saved;
  for (const std::string& diff_id : image.diff_ids) {
    saved.layers.push_back(blobs_.at(diff_id));
  }
  saved.manifest_text = PrintManifest(saved, compression_.format);
  saved.manifest = BlobOf(saved.manifest_text);
  CLEAT_RETURN_IF_ERROR(WriteTextBlob(writer, saved.config, saved.config_text));
  return WriteTextBlob(writer, saved.manifest, saved.manifest_text);
}

absl::Status SavedLayout::Write(const std::string& present,
                                ImageWriter& writer) {
  if (present.empty()) {
    CLEAT_RETURN_IF_ERROR(WriteText(writer, "oci-layout", kLayoutVersion));
  }
  CLEAT_RETURN_IF_ERROR(writer.AddDirectory("blobs"));
  CLEAT_RETURN_IF_ERROR(writer.AddDirectory("blobs/sha256"));
  for (const auto& layer : layers_) {
    CLEAT_ASSIGN_OR_RETURN(blobs_[layer.first],
                           WriteLayer(writer, layer.second));
  }
  std::vector<SavedImage> saved;
  for (Image& image : collected_) {
    CLEAT_RETURN_IF_ERROR(WriteImage(writer, image));
    saved.push_back(image.saved);
  }
  if (docker_) {
    CLEAT_RETURN_IF_ERROR(
        WriteText(writer, "manifest.json", PrintDockerManifest(saved)));
  }
  CLEAT_ASSIGN_OR_RETURN(const std::string index, PrintIndex(saved, present));
  CLEAT_RETURN_IF_ERROR(WriteText(writer, "index.json", index));
  return writer.Finish();
}

}  // namespace cleat::import
