#include "lib/store/inspect_image.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/json_dom.h"
#include "lib/base/status_macros.h"
#include "lib/image/config.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_record.h"
#include "lib/store/layer_use.h"
#include "lib/store/repositories.h"
#include "lib/sys/file.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace cleat::store {
namespace {

using rapidjson::Value;
using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// What Go writes for a member that the config does not have.
enum class Absent { kEmpty, kFalse, kNull, kOmit };

struct Member {
  const char* name;
  Absent absent;
};

// api/types/container/config.go, in its order.
constexpr Member kRunMembers[] = {
    {"Hostname", Absent::kEmpty},
    {"Domainname", Absent::kEmpty},
    {"User", Absent::kEmpty},
    {"AttachStdin", Absent::kFalse},
    {"AttachStdout", Absent::kFalse},
    {"AttachStderr", Absent::kFalse},
    {"ExposedPorts", Absent::kOmit},
    {"Tty", Absent::kFalse},
    {"OpenStdin", Absent::kFalse},
    {"StdinOnce", Absent::kFalse},
    {"Env", Absent::kNull},
    {"Cmd", Absent::kNull},
    {"Healthcheck", Absent::kOmit},
    {"ArgsEscaped", Absent::kOmit},
    {"Image", Absent::kEmpty},
    {"Volumes", Absent::kNull},
    {"WorkingDir", Absent::kEmpty},
    {"Entrypoint", Absent::kNull},
    {"NetworkDisabled", Absent::kOmit},
    {"MacAddress", Absent::kOmit},
    {"OnBuild", Absent::kNull},
    {"Labels", Absent::kNull},
    {"StopSignal", Absent::kOmit},
    {"StopTimeout", Absent::kOmit},
    {"Shell", Absent::kOmit},
};

constexpr char kNoTime[] = "0001-01-01T00:00:00Z";

void WriteString(Writer& writer, absl::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void WriteMember(Writer& writer, const char* name, absl::string_view text) {
  writer.Key(name);
  WriteString(writer, text);
}

void WriteStrings(Writer& writer, const char* name,
                  const std::vector<std::string>& texts) {
  writer.Key(name);
  writer.StartArray();
  for (const std::string& text : texts) WriteString(writer, text);
  writer.EndArray();
}

const Value* Find(const Value& object, const char* name) {
  if (!object.IsObject()) return nullptr;
  const auto member = object.FindMember(name);
  if (member == object.MemberEnd() || member->value.IsNull()) return nullptr;
  return &member->value;
}

absl::string_view TextOf(const Value& object, const char* name) {
  const Value* value = Find(object, name);
  if (value == nullptr || !value->IsString()) return "";
  return {value->GetString(), value->GetStringLength()};
}

void WriteAbsent(Writer& writer, const Member& member) {
  if (member.absent == Absent::kOmit) return;
  writer.Key(member.name);
  if (member.absent == Absent::kEmpty) writer.String("");
  if (member.absent == Absent::kFalse) writer.Bool(false);
  if (member.absent == Absent::kNull) writer.Null();
}

// Go's maps come sorted.
void WriteSorted(Writer& writer, const Value& object) {
  std::vector<const Value::Member*> members;
  for (const Value::Member& member : object.GetObject()) {
    members.push_back(&member);
  }
  const auto name = [](const Value::Member* member) {
    return absl::string_view(member->name.GetString(),
                             member->name.GetStringLength());
  };
  std::sort(members.begin(), members.end(),
            [&](auto* a, auto* b) { return name(a) < name(b); });
  writer.StartObject();
  for (const Value::Member* member : members) {
    writer.Key(member->name.GetString(), member->name.GetStringLength());
    member->value.Accept(writer);
  }
  writer.EndObject();
}

bool IsMap(absl::string_view name) {
  return name == "ExposedPorts" || name == "Volumes" || name == "Labels";
}

bool IsRunMember(absl::string_view name) {
  return std::any_of(std::begin(kRunMembers), std::end(kRunMembers),
                     [&](const Member& member) { return name == member.name; });
}

void WriteUnknown(Writer& writer, const Value& config) {
  for (const Value::Member& member : config.GetObject()) {
    if (IsRunMember(member.name.GetString())) continue;
    writer.Key(member.name.GetString(), member.name.GetStringLength());
    member.value.Accept(writer);
  }
}

// A "config" or "container_config"; nullptr where the image has none.
void WriteRunConfig(Writer& writer, const Value* config) {
  writer.StartObject();
  for (const Member& member : kRunMembers) {
    const Value* value =
        config == nullptr ? nullptr : Find(*config, member.name);
    if (value == nullptr) {
      WriteAbsent(writer, member);
      continue;
    }
    writer.Key(member.name);
    if (value->IsObject() && IsMap(member.name)) {
      WriteSorted(writer, *value);
    } else {
      value->Accept(writer);
    }
  }
  if (config != nullptr && config->IsObject()) WriteUnknown(writer, *config);
  writer.EndObject();
}

class Inspector {
 public:
  Inspector(const std::string& root, std::string id)
      : paths_(root), images_(root), id_(std::move(id)) {}

  absl::StatusOr<std::string> Run();

 private:
  absl::Status WriteNames(Writer& writer) const;
  void WriteSettings(Writer& writer, const Value& config) const;
  void WriteGraphDriver(Writer& writer) const;
  std::vector<std::string> DiffPaths() const;
  int64_t Size() const;
  std::string LastTagTime() const;

  const Paths paths_;
  const ImageStore images_;
  const std::string id_;
  std::vector<std::string> diff_ids_;
};

absl::Status Inspector::WriteNames(Writer& writer) const {
  CLEAT_ASSIGN_OR_RETURN(const Repositories repositories,
                         Repositories::Load(paths_));
  std::vector<std::string> names = repositories.NamesOf(id_);
  const auto digests = std::stable_partition(
      names.begin(), names.end(),
      [](auto& name) { return !absl::StrContains(name, '@'); });
  WriteStrings(writer, "RepoTags", {names.begin(), digests});
  WriteStrings(writer, "RepoDigests", {digests, names.end()});
  return absl::OkStatus();
}

void Inspector::WriteSettings(Writer& writer, const Value& config) const {
  const auto copy = [&](const char* to, const char* from) {
    WriteMember(writer, to, TextOf(config, from));
  };
  WriteMember(writer, "Parent", images_.Parent(id_));
  copy("Comment", "comment");
  const absl::string_view created = TextOf(config, "created");
  WriteMember(writer, "Created", created.empty() ? kNoTime : created);
  copy("Container", "container");
  writer.Key("ContainerConfig");
  WriteRunConfig(writer, Find(config, "container_config"));
  copy("DockerVersion", "docker_version");
  copy("Author", "author");
  writer.Key("Config");
  const Value* run = Find(config, "config");
  if (run == nullptr) writer.Null();
  if (run != nullptr) WriteRunConfig(writer, run);
  copy("Architecture", "architecture");
  if (Find(config, "variant") != nullptr) copy("Variant", "variant");
  copy("Os", "os");
  if (Find(config, "os.version") != nullptr) copy("OsVersion", "os.version");
}

std::vector<std::string> Inspector::DiffPaths() const {
  std::vector<std::string> paths;
  for (const std::string& chain_id : ChainIds(diff_ids_)) {
    const absl::StatusOr<std::string> cache_id = ReadCacheId(paths_, chain_id);
    if (!cache_id.ok()) return {};
    paths.push_back(paths_.Diff(*cache_id));
  }
  std::reverse(paths.begin(), paths.end());
  return paths;
}

// Docker has the paths as they were given to it, ours are those of the store.
void Inspector::WriteGraphDriver(Writer& writer) const {
  writer.Key("GraphDriver");
  writer.StartObject();
  writer.Key("Data");
  std::vector<std::string> diffs = DiffPaths();
  if (paths_.is_vfs() || diffs.empty()) {
    writer.Null();
  } else {
    const std::string top = diffs[0].substr(0, diffs[0].rfind('/'));
    const std::vector<std::string> lower(diffs.begin() + 1, diffs.end());
    writer.StartObject();
    if (!lower.empty()) {
      WriteMember(writer, "LowerDir", absl::StrJoin(lower, ":"));
    }
    WriteMember(writer, "MergedDir", absl::StrCat(top, "/merged"));
    WriteMember(writer, "UpperDir", diffs[0]);
    WriteMember(writer, "WorkDir", absl::StrCat(top, "/work"));
    writer.EndObject();
  }
  WriteMember(writer, "Name", paths_.driver());
  writer.EndObject();
}

int64_t Inspector::Size() const {
  int64_t size = 0;
  for (const std::string& chain_id : ChainIds(diff_ids_)) {
    size += ReadLayerSize(paths_, chain_id).value_or(0);
  }
  return size;
}

std::string Inspector::LastTagTime() const {
  return sys::ReadFile(absl::StrCat(paths_.ImageMetadata(id_), "/lastUpdated"),
                       256)
      .value_or(kNoTime);
}

absl::StatusOr<std::string> Inspector::Run() {
  CLEAT_ASSIGN_OR_RETURN(const std::string text, images_.Get(id_));
  const std::string path = paths_.ImageConfig(id_);
  CLEAT_ASSIGN_OR_RETURN(image::Config parsed, image::ParseConfig(text, path));
  CLEAT_ASSIGN_OR_RETURN(const rapidjson::Document config,
                         base::ParseJsonDom(text, path));
  diff_ids_ = std::move(parsed.diff_ids);
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  WriteMember(writer, "Id", id_);
  CLEAT_RETURN_IF_ERROR(WriteNames(writer));
  WriteSettings(writer, config);
  for (const char* name : {"Size", "VirtualSize"}) {
    writer.Key(name);
    writer.Int64(Size());
  }
  WriteGraphDriver(writer);
  writer.Key("RootFS");
  writer.StartObject();
  WriteMember(writer, "Type", "layers");
  if (!diff_ids_.empty()) WriteStrings(writer, "Layers", diff_ids_);
  writer.EndObject();
  writer.Key("Metadata");
  writer.StartObject();
  WriteMember(writer, "LastTagTime", LastTagTime());
  writer.EndObject();
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace

absl::StatusOr<std::string> InspectImage(const std::string& root,
                                         absl::string_view name) {
  CLEAT_ASSIGN_OR_RETURN(std::string id, ImageStore(root).Resolve(name));
  return Inspector(root, std::move(id)).Run();
}

}  // namespace cleat::store
