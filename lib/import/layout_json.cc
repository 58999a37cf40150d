#include "lib/import/layout_json.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/json_dom.h"
#include "lib/base/status_macros.h"
#include "lib/image/blob_reader.h"
#include "lib/image/reference.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace cleat::import {
namespace {

using rapidjson::Value;
using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr char kConfigType[] = "application/vnd.oci.image.config.v1+json";
constexpr char kManifestType[] = "application/vnd.oci.image.manifest.v1+json";
constexpr char kNoImages[] =
    R"({"schemaVersion":2,)"
    R"("mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})";
constexpr char kImageName[] = "io.containerd.image.name";
constexpr char kRefName[] = "org.opencontainers.image.ref.name";

void Text(Writer& writer, const char* key, const std::string& text) {
  writer.Key(key);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void Descriptor(Writer& writer, const char* type, const SavedBlob& blob) {
  writer.StartObject();
  Text(writer, "mediaType", type);
  Text(writer, "digest", blob.digest);
  writer.Key("size");
  writer.Int64(blob.size);
  writer.EndObject();
}

const char* LayerType(compress::Format format) {
  switch (format) {
    case compress::Format::kPlain:
      break;
    case compress::Format::kGzip:
      return "application/vnd.oci.image.layer.v1.tar+gzip";
    case compress::Format::kZstd:
      return "application/vnd.oci.image.layer.v1.tar+zstd";
  }
  return "application/vnd.oci.image.layer.v1.tar";
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

std::string Take(const rapidjson::StringBuffer& buffer) {
  return std::string(buffer.GetString(), buffer.GetSize());
}

// An index that is added to.
class Index {
 public:
  static absl::StatusOr<Index> Parse(const std::string& text);

  // Under the tag, or the name as it is where another image has the tag.
  void AddNamed(const SavedBlob& manifest, const std::string& name,
                bool tag_is_unique);
  // Without a name, unless it is there so.
  void AddNameless(const SavedBlob& manifest);
  std::string Print() const;

 private:
  explicit Index(rapidjson::Document document)
      : document_(std::move(document)) {}

  Value& manifests() { return document_["manifests"]; }
  Value Text(const std::string& text) {
    return Value(text.data(), static_cast<rapidjson::SizeType>(text.size()),
                 document_.GetAllocator());
  }
  Value DescriptorOf(const SavedBlob& manifest);
  template <typename Test>
  void Remove(const Test& test);

  rapidjson::Document document_;
};

absl::string_view Member(const Value& value, const char* key) {
  if (!value.IsObject()) return "";
  const auto member = value.FindMember(key);
  if (member == value.MemberEnd() || !member->value.IsString()) return "";
  return {member->value.GetString(), member->value.GetStringLength()};
}

absl::string_view Annotation(const Value& descriptor, const char* key) {
  if (!descriptor.IsObject()) return "";
  const auto annotations = descriptor.FindMember("annotations");
  if (annotations == descriptor.MemberEnd()) return "";
  return Member(annotations->value, key);
}

absl::StatusOr<Index> Index::Parse(const std::string& text) {
  CLEAT_ASSIGN_OR_RETURN(rapidjson::Document document,
                         base::ParseJsonDom(text, "index.json"));
  if (!document.IsObject() || !document.HasMember("manifests") ||
      !document["manifests"].IsArray()) {
    return absl::InvalidArgumentError(
        "index.json: is no index: it has no array manifests");
  }
  return Index(std::move(document));
}

Value Index::DescriptorOf(const SavedBlob& manifest) {
  auto& allocator = document_.GetAllocator();
  Value descriptor(rapidjson::kObjectType);
  descriptor.AddMember("mediaType", Text(kManifestType), allocator);
  descriptor.AddMember("digest", Text(manifest.digest), allocator);
  descriptor.AddMember("size", manifest.size, allocator);
  return descriptor;
}

template <typename Test>
void Index::Remove(const Test& test) {
  for (auto* entry = manifests().Begin(); entry != manifests().End();) {
    entry = test(*entry) ? manifests().Erase(entry) : entry + 1;
  }
}

void Index::AddNamed(const SavedBlob& manifest, const std::string& name,
                     bool tag_is_unique) {
  const std::string whole = WholeName(name);
  const std::string tag = TagOf(name);
  for (const Value& entry : manifests().GetArray()) {
    const absl::string_view other = Annotation(entry, kImageName);
    if (Annotation(entry, kRefName) == tag && !other.empty() &&
        other != whole) {
      tag_is_unique = false;
    }
  }
  const std::string reference = tag_is_unique ? tag : name;
  Remove([&](const Value& entry) {
    return Annotation(entry, kImageName) == whole ||
           Annotation(entry, kRefName) == reference;
  });
  auto& allocator = document_.GetAllocator();
  Value annotations(rapidjson::kObjectType);
  annotations.AddMember(rapidjson::StringRef(kImageName), Text(whole),
                        allocator);
  annotations.AddMember(rapidjson::StringRef(kRefName), Text(reference),
                        allocator);
  Value descriptor = DescriptorOf(manifest);
  descriptor.AddMember("annotations", annotations, allocator);
  manifests().PushBack(descriptor, allocator);
}

void Index::AddNameless(const SavedBlob& manifest) {
  Remove([&](const Value& entry) {
    return Member(entry, "digest") == manifest.digest &&
           Annotation(entry, kImageName).empty() &&
           Annotation(entry, kRefName).empty();
  });
  manifests().PushBack(DescriptorOf(manifest), document_.GetAllocator());
}

std::string Index::Print() const {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  document_.Accept(writer);
  return Take(buffer);
}

}  // namespace

std::string PrintManifest(const SavedImage& image, compress::Format format) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  writer.Key("schemaVersion");
  writer.Int(2);
  Text(writer, "mediaType", kManifestType);
  writer.Key("config");
  Descriptor(writer, kConfigType, image.config);
  writer.Key("layers");
  writer.StartArray();
  for (const SavedBlob& layer : image.layers) {
    Descriptor(writer, LayerType(format), layer);
  }
  writer.EndArray();
  writer.EndObject();
  return Take(buffer);
}

absl::StatusOr<std::string> PrintIndex(const std::vector<SavedImage>& images,
                                       const std::string& present) {
  std::map<std::string, int> tags;
  for (const SavedImage& image : images) {
    for (const std::string& name : image.names) ++tags[TagOf(name)];
  }
  CLEAT_ASSIGN_OR_RETURN(Index index,
                         Index::Parse(present.empty() ? kNoImages : present));
  for (const SavedImage& image : images) {
    if (image.names.empty()) index.AddNameless(image.manifest);
    for (const std::string& name : image.names) {
      index.AddNamed(image.manifest, name, tags[TagOf(name)] == 1);
    }
  }
  return index.Print();
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
