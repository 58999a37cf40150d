#include "lib/image/docker_archive.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/digest/digest.h"
#include "lib/digest/sha256.h"
#include "lib/image/blob_reader.h"
#include "lib/image/config.h"
#include "lib/image/platform.h"
#include "lib/image/reference.h"

namespace cleat::image {
namespace {

struct Item {
  std::string config;
  std::vector<std::string> tags;
  std::vector<std::string> layers;
};

absl::StatusOr<std::string> ReadItemList(const FileSet& files) {
  absl::StatusOr<std::string> text =
      files.Read("manifest.json", base::kMaxJsonBytes);
  if (!absl::IsNotFound(text.status())) return text;
  const bool is_layout = files.Locate("oci-layout").ok();
  return absl::InvalidArgumentError(
      absl::StrCat("read ", files.name(),
                   ": is no docker save archive: it has no manifest.json",
                   is_layout ? "; it is an OCI layout: oci-archive:" : "",
                   is_layout ? files.name() : ""));
}

absl::StatusOr<std::vector<Item>> ParseItems(const FileSet& files) {
  CLEAT_ASSIGN_OR_RETURN(std::string text, ReadItemList(files));
  CLEAT_ASSIGN_OR_RETURN(
      base::JsonDocument document,
      base::JsonDocument::Parse(std::move(text),
                                absl::StrCat(files.name(), "/manifest.json")));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<base::JsonObject> objects,
                         document.Objects());
  std::vector<Item> items;
  for (const base::JsonObject& object : objects) {
    Item item;
    CLEAT_ASSIGN_OR_RETURN(absl::string_view config, object.String("Config"));
    CLEAT_ASSIGN_OR_RETURN(item.tags, object.Strings("RepoTags"));
    CLEAT_ASSIGN_OR_RETURN(item.layers, object.Strings("Layers"));
    item.config = std::string(config);
    items.push_back(std::move(item));
  }
  return items;
}

// As people spell it to as Docker writes it: "busybox" to "busybox:latest".
std::string Familiar(absl::string_view name) {
  const absl::StatusOr<Reference> reference = ParseReference(name);
  return reference.ok() ? FamiliarReference(*reference) : std::string(name);
}

bool HasTag(const Item& item, const std::string& familiar) {
  return std::any_of(
      item.tags.begin(), item.tags.end(),
      [&](const std::string& tag) { return Familiar(tag) == familiar; });
}

std::string ListTags(const std::vector<Item>& items) {
  std::vector<std::string> names;
  for (size_t i = 0; i < items.size(); ++i) {
    names.push_back(items[i].tags.empty() ? absl::StrCat("@", i)
                                          : absl::StrJoin(items[i].tags, ", "));
  }
  if (names.empty()) return "it is empty";
  return absl::StrCat("there is ",
                      absl::Utf8SafeCHexEscape(absl::StrJoin(names, ", ")));
}

// The positions of the images that are meant.
std::vector<size_t> Matches(const std::vector<Item>& items,
                            absl::string_view name) {
  size_t position = 0;
  absl::string_view digits = name;
  if (absl::ConsumePrefix(&digits, "@") &&
      absl::SimpleAtoi(digits, &position)) {
    return position < items.size() ? std::vector<size_t>{position}
                                   : std::vector<size_t>();
  }
  const std::string familiar = Familiar(name);
  std::vector<size_t> matches;
  for (size_t i = 0; i < items.size(); ++i) {
    if (name.empty() || HasTag(items[i], familiar)) matches.push_back(i);
  }
  return matches;
}

absl::StatusOr<Item> Choose(const FileSet& files, absl::string_view name) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<Item> items, ParseItems(files));
  const std::vector<size_t> matches = Matches(items, name);
  if (matches.size() == 1) return items[matches[0]];
  if (matches.empty()) {
    return absl::NotFoundError(absl::StrCat(
        "find '", absl::Utf8SafeCHexEscape(name), "' in ", files.name(),
        ": no image of this name; ", ListTags(items)));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("find an image in ", files.name(),
                   ": it holds several, name one; ", ListTags(items)));
}

// The digest in "HEX.json" or "blobs/sha256/HEX"; empty without.
std::string DigestInName(absl::string_view name) {
  name = name.substr(name.find_last_of('/') + 1);
  const std::string digest =
      absl::StrCat("sha256:", absl::StripSuffix(name, ".json"));
  return digest::IsSha256(digest) ? digest : "";
}

absl::StatusOr<proto::LayerSource> LocateLayer(const FileSet& files,
                                               const std::string& name) {
  CLEAT_ASSIGN_OR_RETURN(Extent extent, files.Locate(name));
  proto::LayerSource source;
  const std::string digest = DigestInName(name);
  if (!digest.empty()) source.set_digest(digest);
  source.set_size(extent.size);
  source.set_path(std::move(extent.path));
  source.set_offset(extent.offset);
  return source;
}

absl::StatusOr<std::pair<std::string, Config>> ReadConfig(
    const FileSet& files, const std::string& name, std::string* config_text) {
  CLEAT_ASSIGN_OR_RETURN(std::string text,
                         files.Read(name, base::kMaxJsonBytes));
  if (config_text != nullptr) *config_text = text;
  std::string id = digest::Sha256Of(text);
  const std::string promised = DigestInName(name);
  if (!promised.empty() && promised != id) {
    return absl::DataLossError(absl::StrCat("verify config ", name, " in ",
                                            files.name(), ": digest is ", id,
                                            ": it is corrupt"));
  }
  CLEAT_ASSIGN_OR_RETURN(
      Config config,
      ParseConfig(std::move(text),
                  absl::StrCat("config ", name, " in ", files.name())));
  return std::make_pair(std::move(id), std::move(config));
}

}  // namespace

absl::StatusOr<std::vector<ListedImage>> ListDockerArchive(
    const FileSet& files) {
  CLEAT_ASSIGN_OR_RETURN(std::vector<Item> items, ParseItems(files));
  std::vector<ListedImage> images;
  images.reserve(items.size());
  for (Item& item : items) {
    images.push_back({absl::StrCat("@", images.size()), std::move(item.tags)});
  }
  return images;
}

absl::StatusOr<proto::ImageState> ReadDockerArchive(
    const FileSet& files, absl::string_view name,
    const absl::optional<proto::Platform>& platform, std::string* config_text) {
  CLEAT_ASSIGN_OR_RETURN(const Item item, Choose(files, name));
  CLEAT_ASSIGN_OR_RETURN(auto config,
                         ReadConfig(files, item.config, config_text));
  const std::vector<std::string> diff_ids = config.second.diff_ids;
  if (diff_ids.size() != item.layers.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(files.name(), "/manifest.json: has ", item.layers.size(),
                     " layers, its config has ", diff_ids.size()));
  }
  proto::ImageState state = StateOfConfig(config.first, config.second);
  CLEAT_RETURN_IF_ERROR(
      CheckPlatform(files.name(), platform, state.platform()));
  for (size_t i = 0; i < item.layers.size(); ++i) {
    CLEAT_ASSIGN_OR_RETURN(proto::LayerSource source,
                           LocateLayer(files, item.layers[i]));
    source.set_diff_id(diff_ids[i]);
    *state.add_layers() = std::move(source);
  }
  return state;
}

}  // namespace cleat::image
