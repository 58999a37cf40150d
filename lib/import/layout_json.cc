#include "lib/import/layout_json.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "lib/image/blob_reader.h"
#include "lib/image/reference.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace cleat::import {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr char kConfigType[] = "application/vnd.oci.image.config.v1+json";
constexpr char kLayerType[] = "application/vnd.oci.image.layer.v1.tar";
constexpr char kManifestType[] = "application/vnd.oci.image.manifest.v1+json";
constexpr char kIndexType[] = "application/vnd.oci.image.index.v1+json";

void Text(Writer& writer, const char* key, const std::string& text) {
  writer.Key(key);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

// Leaves the object open for more.
void BeginDescriptor(Writer& writer, const char* type, const SavedBlob& blob) {
  writer.StartObject();
  Text(writer, "mediaType", type);
  Text(writer, "digest", blob.digest);
  writer.Key("size");
  writer.Int64(blob.size);
}

void Descriptor(Writer& writer, const char* type, const SavedBlob& blob) {
  BeginDescriptor(writer, type, blob);
  writer.EndObject();
}

void Begin(Writer& writer, const char* type) {
  writer.StartObject();
  writer.Key("schemaVersion");
  writer.Int(2);
  Text(writer, "mediaType", type);
}

std::string TagOf(const std::string& name) {
  const auto reference = image::ParseReference(name);
  return reference.ok() ? reference->tag : name;
}

// "docker.io/library/busybox:1".
std::string WholeName(const std::string& name) {
  const auto reference = image::ParseReference(name);
  if (!reference.ok()) return name;
  return absl::StrCat(reference->domain, "/", reference->path, ":",
                      reference->tag);
}

void Named(Writer& writer, const SavedImage& image, const std::string& name,
           bool tag_is_unique) {
  BeginDescriptor(writer, kManifestType, image.manifest);
  writer.Key("annotations");
  writer.StartObject();
  Text(writer, "io.containerd.image.name", WholeName(name));
  Text(writer, "org.opencontainers.image.ref.name",
       tag_is_unique ? TagOf(name) : name);
  writer.EndObject();
  writer.EndObject();
}

std::string Take(const rapidjson::StringBuffer& buffer) {
  return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace

std::string PrintManifest(const SavedImage& image) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  Begin(writer, kManifestType);
  writer.Key("config");
  Descriptor(writer, kConfigType, image.config);
  writer.Key("layers");
  writer.StartArray();
  for (const SavedBlob& layer : image.layers) {
    Descriptor(writer, kLayerType, layer);
  }
  writer.EndArray();
  writer.EndObject();
  return Take(buffer);
}

std::string PrintIndex(const std::vector<SavedImage>& images) {
  std::map<std::string, int> tags;
  for (const SavedImage& image : images) {
    for (const std::string& name : image.names) ++tags[TagOf(name)];
  }
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  Begin(writer, kIndexType);
  writer.Key("manifests");
  writer.StartArray();
  for (const SavedImage& image : images) {
    if (image.names.empty()) Descriptor(writer, kManifestType, image.manifest);
    for (const std::string& name : image.names) {
      Named(writer, image, name, tags[TagOf(name)] == 1);
    }
  }
  writer.EndArray();
  writer.EndObject();
  return Take(buffer);
}

std::string PrintDockerManifest(const std::vector<SavedImage>& images) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  const auto string = [&](const std::string& text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  };
  writer.StartArray();
  for (const SavedImage& image : images) {
    writer.StartObject();
    Text(writer, "Config", image::BlobName(image.config.digest));
    writer.Key("RepoTags");
    if (image.names.empty()) {
      writer.Null();
    } else {
      writer.StartArray();
      for (const std::string& name : image.names) string(name);
      writer.EndArray();
    }
    writer.Key("Layers");
    writer.StartArray();
    for (const SavedBlob& layer : image.layers) {
      string(image::BlobName(layer.digest));
    }
    writer.EndArray();
    writer.EndObject();
  }
  writer.EndArray();
  return Take(buffer);
}

}  // namespace cleat::import
