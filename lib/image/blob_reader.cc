#include "lib/image/blob_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/digest/verifier.h"

namespace cleat::image {
namespace {

std::string Describe(const FileSet& files, const Descriptor& descriptor,
                     absl::string_view what) {
  return absl::StrCat(what, " ", descriptor.digest, " in ", files.name());
}

absl::Status CheckSize(int64_t size, const Descriptor& descriptor,
                       absl::string_view name) {
  if (size == descriptor.size) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "verify ", name, ": has ", size, " bytes, not ", descriptor.size,
      ": it is ", size < descriptor.size ? "truncated" : "corrupt"));
}

absl::Status MissingLayer(const FileSet& files, const Descriptor& layer) {
  if (!IsForeignLayer(layer.media_type)) {
    return absl::NotFoundError(absl::StrCat(Describe(files, layer, "layer"),
                                            ": there is no ",
                                            BlobName(layer.digest)));
  }
  return absl::NotFoundError(absl::StrCat(
      Describe(files, layer, "layer"), ": it is not distributable (",
      layer.media_type,
      ") and not here: copy the image with its foreign layers included"));
}

absl::StatusOr<proto::LayerSource> LocateLayer(const FileSet& files,
                                               const Descriptor& layer) {
  absl::StatusOr<Extent> extent = files.Locate(BlobName(layer.digest));
  if (absl::IsNotFound(extent.status())) return MissingLayer(files, layer);
  if (!extent.ok()) return extent.status();
  CLEAT_RETURN_IF_ERROR(
      CheckSize(extent->size, layer, Describe(files, layer, "layer")));
  proto::LayerSource source;
  source.set_digest(layer.digest);
  source.set_size(layer.size);
  source.set_media_type(layer.media_type);
  source.set_path(std::move(extent->path));
  source.set_offset(extent->offset);
  return source;
}

}  // namespace

std::string BlobName(absl::string_view digest) {
  return absl::StrCat("blobs/sha256/", absl::StripPrefix(digest, "sha256:"));
}

absl::StatusOr<std::string> ReadBlob(const FileSet& files,
                                     const Descriptor& descriptor,
                                     absl::string_view what) {
  const std::string name = Describe(files, descriptor, what);
  absl::StatusOr<std::string> data =
      files.Read(BlobName(descriptor.digest), base::kMaxJsonBytes);
  if (absl::IsNotFound(data.status())) {
    return absl::NotFoundError(
        absl::StrCat(name, ": there is no ", BlobName(descriptor.digest)));
  }
  if (!data.ok()) return data.status();
  CLEAT_RETURN_IF_ERROR(
      CheckSize(static_cast<int64_t>(data->size()), descriptor, name));
  const absl::Status valid =
      digest::Verify(*data, descriptor.digest, descriptor.size);
  if (!valid.ok()) {
    return absl::DataLossError(absl::StrCat(
        "verify ", name, ": ", valid.message(), ": it is corrupt"));
  }
  return data;
}

absl::StatusOr<Manifest> ReadManifest(const FileSet& files,
                                      const Descriptor& descriptor) {
  CLEAT_ASSIGN_OR_RETURN(std::string text,
                         ReadBlob(files, descriptor, "manifest"));
  return ParseManifest(std::move(text), descriptor.media_type,
                       Describe(files, descriptor, "manifest"));
}

proto::ImageState StateOfConfig(absl::string_view image_id, Config& config) {
  proto::ImageState state;
  state.set_id(std::string(image_id));
  *state.mutable_platform() = std::move(config.platform);
  *state.mutable_config() = std::move(config.run);
  return state;
}

absl::StatusOr<proto::ImageState> ReadImageState(const FileSet& files,
                                                 const Descriptor& descriptor,
                                                 const Manifest& manifest,
                                                 std::string* config_text) {
  CLEAT_ASSIGN_OR_RETURN(std::string text,
                         ReadBlob(files, manifest.config, "config"));
  if (config_text != nullptr) *config_text = text;
  CLEAT_ASSIGN_OR_RETURN(
      Config config,
      ParseConfig(std::move(text), Describe(files, manifest.config, "config")));
  if (config.diff_ids.size() != manifest.layers.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(Describe(files, descriptor, "manifest"), ": has ",
                     manifest.layers.size(), " layers, its config has ",
                     config.diff_ids.size()));
  }
  proto::ImageState state = StateOfConfig(manifest.config.digest, config);
  state.set_manifest_digest(descriptor.digest);
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    CLEAT_ASSIGN_OR_RETURN(proto::LayerSource source,
                           LocateLayer(files, manifest.layers[i]));
    source.set_diff_id(config.diff_ids[i]);
    *state.add_layers() = std::move(source);
  }
  return state;
}

}  // namespace cleat::image
