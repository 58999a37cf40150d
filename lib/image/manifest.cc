#include "lib/image/manifest.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/digest/digest.h"
#include "lib/image/config.h"

namespace cleat::image {
namespace {

using base::JsonObject;

enum class Kind {
  kUnknown,
  kManifest,
  kIndex,
  kSchema1,
  kConfig,
  kLayer,
  kForeignLayer,
};

struct MediaType {
  absl::string_view name;
  Kind kind;
};

constexpr MediaType kMediaTypes[] = {
    {"application/vnd.oci.image.manifest.v1+json", Kind::kManifest},
    {"application/vnd.docker.distribution.manifest.v2+json", Kind::kManifest},
    {"application/vnd.oci.image.index.v1+json", Kind::kIndex},
    {"application/vnd.docker.distribution.manifest.list.v2+json", Kind::kIndex},
    {"application/vnd.docker.distribution.manifest.v1+json", Kind::kSchema1},
    {"application/vnd.docker.distribution.manifest.v1+prettyjws",
     Kind::kSchema1},
    {"application/vnd.oci.image.config.v1+json", Kind::kConfig},
    {"application/vnd.docker.container.image.v1+json", Kind::kConfig},
    {"application/vnd.oci.image.layer.v1.tar", Kind::kLayer},
    {"application/vnd.oci.image.layer.v1.tar+gzip", Kind::kLayer},
    {"application/vnd.oci.image.layer.v1.tar+zstd", Kind::kLayer},
    {"application/vnd.docker.image.rootfs.diff.tar", Kind::kLayer},
    {"application/vnd.docker.image.rootfs.diff.tar.gzip", Kind::kLayer},
    {"application/vnd.docker.image.rootfs.diff.tar.zstd", Kind::kLayer},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar",
     Kind::kForeignLayer},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
     Kind::kForeignLayer},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
     Kind::kForeignLayer},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar",
     Kind::kForeignLayer},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
     Kind::kForeignLayer},
};

constexpr absl::string_view kWanted =
    "an image manifest or index (application/vnd.oci.image.manifest.v1+json, "
    "…index.v1+json, or Docker's schema 2)";

Kind KindOf(absl::string_view media_type) {
  for (const MediaType& known : kMediaTypes) {
    if (known.name == media_type) return known.kind;
  }
  return Kind::kUnknown;
}

absl::Status WrongKind(absl::string_view name, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": is ", what, ", not ", kWanted));
}

absl::Status Schema1(absl::string_view name) {
  return WrongKind(name,
                   "a Docker schema 1 manifest, given up in 2017; `skopeo copy "
                   "--format v2s2` converts it");
}

absl::StatusOr<absl::optional<proto::Platform>> ParseDescriptorPlatform(
    const JsonObject& descriptor) {
  if (!descriptor.Has("platform")) return absl::optional<proto::Platform>();
  CLEAT_ASSIGN_OR_RETURN(const JsonObject object,
                         descriptor.Object("platform"));
  CLEAT_ASSIGN_OR_RETURN(absl::string_view os, object.String("os"));
  CLEAT_ASSIGN_OR_RETURN(absl::string_view architecture,
                         object.String("architecture"));
  CLEAT_ASSIGN_OR_RETURN(absl::string_view variant,
                         object.OptionalString("variant"));
  proto::Platform platform;
  platform.set_os(std::string(os));
  platform.set_architecture(std::string(architecture));
  if (!variant.empty()) platform.set_variant(std::string(variant));
  return absl::optional<proto::Platform>(std::move(platform));
}

absl::Status ParseAnnotations(const JsonObject& object,
                              Descriptor& descriptor) {
  CLEAT_ASSIGN_OR_RETURN(const JsonObject::Pairs annotations,
                         object.StringMap("annotations"));
  for (const auto& annotation : annotations) {
    if (annotation.first == "org.opencontainers.image.ref.name") {
      descriptor.ref_name = annotation.second;
    }
    if (annotation.first == "io.containerd.image.name") {
      descriptor.image_name = annotation.second;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Descriptor> ParseDescriptor(const JsonObject& object) {
  Descriptor descriptor;
  CLEAT_ASSIGN_OR_RETURN(absl::string_view media_type,
                         object.OptionalString("mediaType"));
  CLEAT_ASSIGN_OR_RETURN(absl::string_view text, object.String("digest"));
  CLEAT_ASSIGN_OR_RETURN(descriptor.size, object.Int("size"));
  CLEAT_ASSIGN_OR_RETURN(descriptor.platform, ParseDescriptorPlatform(object));
  CLEAT_RETURN_IF_ERROR(ParseAnnotations(object, descriptor));
  descriptor.media_type = std::string(media_type);
  descriptor.digest = std::string(text);
  const absl::Status valid = digest::ParseHex(text).status();
  if (!valid.ok()) return object.Error("digest", valid.message());
  if (descriptor.size < 0) return object.Error("size", "is negative");
  return descriptor;
}

absl::StatusOr<std::vector<Descriptor>> ParseDescriptors(
    const JsonObject& object, absl::string_view key) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<JsonObject> elements,
                         object.Objects(key));
  std::vector<Descriptor> descriptors;
  descriptors.reserve(elements.size());
  for (const JsonObject& element : elements) {
    CLEAT_ASSIGN_OR_RETURN(Descriptor descriptor, ParseDescriptor(element));
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

absl::Status CheckConfigType(const JsonObject& object, const Descriptor& config,
                             absl::string_view name) {
  if (KindOf(config.media_type) == Kind::kConfig) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view type,
                         object.OptionalString("artifactType"));
  return WrongKind(name,
                   absl::StrCat("the manifest of an artifact (",
                                type.empty() ? "its config is " : "of type ",
                                type.empty() ? config.media_type : type, ")"));
}

absl::Status CheckLayerTypes(const JsonObject& object,
                             const std::vector<Descriptor>& layers) {
  if (layers.size() > kMaxLayers) {
    return object.Error(
        "layers", absl::StrCat("has ", layers.size(), " layers, more than the ",
                               kMaxLayers, " that the kernel stacks"));
  }
  for (const Descriptor& layer : layers) {
    const Kind kind = KindOf(layer.media_type);
    if (kind == Kind::kLayer || kind == Kind::kForeignLayer) continue;
    return object.Error(
        "layers", absl::StrCat("layer ", layer.digest, " is ", layer.media_type,
                               ", not a tar, plain, gzip or zstd"));
  }
  return absl::OkStatus();
}

// The kind that descriptor and document claim, which must not disagree.
absl::StatusOr<Kind> ClaimedKind(const JsonObject& object,
                                 absl::string_view described,
                                 absl::string_view name) {
  CLEAT_ASSIGN_OR_RETURN(absl::string_view own,
                         object.OptionalString("mediaType"));
  if (!own.empty() && !described.empty() && own != described) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": says that it is ", own, ", its descriptor says ", described));
  }
  const absl::string_view media_type = own.empty() ? described : own;
  const Kind kind = KindOf(media_type);
  if (kind == Kind::kSchema1) return Schema1(name);
  if (kind == Kind::kManifest || kind == Kind::kIndex || media_type.empty()) {
    return kind;
  }
  return WrongKind(name, media_type);
}

absl::Status CheckSchemaVersion(const JsonObject& object,
                                absl::string_view name) {
  if (object.Has("rootfs") && !object.Has("schemaVersion")) {
    return WrongKind(name, "an image's config");
  }
  CLEAT_ASSIGN_OR_RETURN(const int64_t version, object.Int("schemaVersion"));
  if (version == 2) return absl::OkStatus();
  if (version == 1) return Schema1(name);
  return object.Error("schemaVersion", absl::StrCat("is ", version, ", not 2"));
}

}  // namespace

bool IsArtifact(std::string text) {
  const auto document = base::JsonDocument::Parse(std::move(text), "manifest");
  if (!document.ok()) return false;
  const absl::StatusOr<JsonObject> object = document->Object();
  if (!object.ok()) return false;
  const absl::StatusOr<JsonObject> config = object->Object("config");
  if (!config.ok()) return object->Has("artifactType");
  const auto type = config->OptionalString("mediaType");
  return type.ok() && KindOf(*type) != Kind::kConfig;
}

bool IsForeignLayer(absl::string_view media_type) {
  return KindOf(media_type) == Kind::kForeignLayer;
}

absl::StatusOr<Manifest> ParseManifest(std::string text,
                                       absl::string_view media_type,
                                       absl::string_view name) {
  CLEAT_ASSIGN_OR_RETURN(base::JsonDocument document,
                         base::JsonDocument::Parse(std::move(text), name));
  CLEAT_ASSIGN_OR_RETURN(const JsonObject object, document.Object());
  CLEAT_ASSIGN_OR_RETURN(const Kind kind,
                         ClaimedKind(object, media_type, name));
  CLEAT_RETURN_IF_ERROR(CheckSchemaVersion(object, name));
  Manifest manifest;
  manifest.is_index = kind == Kind::kIndex ||
                      (kind == Kind::kUnknown && object.Has("manifests"));
  // A document that is both at once would be read as one here and as the other
  // elsewhere (CVE-2021-41190).
  if (object.Has(manifest.is_index ? "config" : "manifests") ||
      (manifest.is_index && object.Has("layers"))) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": is an index and a manifest at once"));
  }
  if (manifest.is_index) {
    CLEAT_ASSIGN_OR_RETURN(manifest.manifests,
                           ParseDescriptors(object, "manifests"));
    return manifest;
  }
  CLEAT_ASSIGN_OR_RETURN(const JsonObject config, object.Object("config"));
  CLEAT_ASSIGN_OR_RETURN(manifest.config, ParseDescriptor(config));
  CLEAT_RETURN_IF_ERROR(CheckConfigType(object, manifest.config, name));
  CLEAT_ASSIGN_OR_RETURN(manifest.layers, ParseDescriptors(object, "layers"));
  CLEAT_RETURN_IF_ERROR(CheckLayerTypes(object, manifest.layers));
  return manifest;
}

}  // namespace cleat::image
