#include "lib/cli/document.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "lib/base/status_macros.h"
#include "proto/container.table.h"
#include "rapidjson/error/en.h"
#include "rapidjson/memorystream.h"
#include "rapidjson/reader.h"

namespace cleat::cli {
namespace {

constexpr int kVersion = 1;

constexpr absl::string_view kSections[] = {
    "image",  "layers",  "rootfs",  "mounts",  "namespaces",
    "cgroup", "network", "volumes", "process",
};

constexpr absl::string_view kEnvelope[] = {"version", "id", "name", "labels",
                                           "steps"};

template <size_t N>
bool Contains(const absl::string_view (&names)[N], absl::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

constexpr unsigned kReadFlags = rapidjson::kParseIterativeFlag |
                                rapidjson::kParseValidateEncodingFlag |
                                rapidjson::kParseStopWhenDoneFlag;

// Listens to the reader and notes where each member of the outermost object
// begins and ends.
class MemberFinder {
 public:
  struct Member {
    std::string name;
    size_t begin;  // just behind the name: before the colon
    size_t end;
  };

  explicit MemberFinder(const rapidjson::MemoryStream& stream)
      : stream_(stream) {}

  const std::vector<Member>& members() const { return members_; }
  bool is_object() const { return is_object_; }

  bool Null() { return Scalar(); }
  bool Bool(bool) { return Scalar(); }
  bool Int(int) { return Scalar(); }
  bool Uint(unsigned) { return Scalar(); }
  bool Int64(int64_t) { return Scalar(); }
  bool Uint64(uint64_t) { return Scalar(); }
  bool Double(double) { return Scalar(); }
  bool RawNumber(const char*, unsigned, bool) { return Scalar(); }
  bool String(const char*, unsigned, bool) { return Scalar(); }
  bool StartObject() {
    if (depth_ == 0) is_object_ = true;
    ++depth_;
    return true;
  }
  bool Key(const char* name, unsigned length, bool) {
    if (depth_ == 1) {
      members_.push_back({std::string(name, length), stream_.Tell(), 0});
    }
    return true;
  }
  bool EndObject(unsigned) { return End(); }
  bool StartArray() {
    ++depth_;
    return true;
  }
  bool EndArray(unsigned) { return End(); }

 private:
  bool Scalar() {
    if (depth_ == 1 && is_object_) members_.back().end = stream_.Tell();
    return true;
  }
  // The iterative reader calls before it takes the closing bracket.
  bool End() {
    --depth_;
    if (depth_ == 1 && is_object_) members_.back().end = stream_.Tell() + 1;
    return true;
  }

  const rapidjson::MemoryStream& stream_;
  std::vector<Member> members_;
  int depth_ = 0;
  bool is_object_ = false;
};

absl::Status NotJson(const rapidjson::ParseResult& result, size_t offset) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the document is not JSON at byte ", offset + result.Offset(), ": ",
      rapidjson::GetParseError_En(result.Code())));
}

absl::string_view Value(absl::string_view json,
                        const MemberFinder::Member& member) {
  absl::string_view value =
      json.substr(member.begin, member.end - member.begin);
  value.remove_prefix(value.find(':') + 1);
  return absl::StripAsciiWhitespace(value);
}

absl::Status CheckVersion(const proto::Container& envelope) {
  if (!envelope.has_version()) {
    return absl::InvalidArgumentError(
        "the document has no 'version': 1 is expected");
  }
  if (envelope.version() == kVersion) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the document is of version ", envelope.version(),
                   ": this Cleat reads version ", kVersion));
}

}  // namespace

Document::Document() { envelope_.set_version(kVersion); }

absl::StatusOr<Document> Document::Parse(absl::string_view json) {
  rapidjson::MemoryStream stream(json.data(), json.size());
  MemberFinder finder(stream);
  rapidjson::Reader reader;
  const auto result = reader.Parse<kReadFlags>(stream, finder);
  if (result.IsError()) return NotJson(result, 0);
  if (!finder.is_object()) {
    return absl::InvalidArgumentError("the document is no JSON object");
  }
  Document document;
  std::string envelope = "{";
  for (const MemberFinder::Member& member : finder.members()) {
    CLEAT_RETURN_IF_ERROR(
        document.TakeMember(member.name, Value(json, member), &envelope));
  }
  envelope.push_back('}');
  document.envelope_.Clear();
  CLEAT_RETURN_IF_ERROR(pb::ParseJson(envelope, "", &document.envelope_));
  CLEAT_RETURN_IF_ERROR(CheckVersion(document.envelope_));
  return document;
}

absl::Status Document::TakeMember(absl::string_view name,
                                  absl::string_view json,
                                  std::string* envelope) {
  if (Contains(kEnvelope, name)) {
    if (envelope->back() != '{') envelope->push_back(',');
    absl::StrAppend(envelope, "\"", name, "\":", json);
    return absl::OkStatus();
  }
  if (!Contains(kSections, name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the document has an unknown section '", name, "'"));
  }
  if (Has(name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the document has section '", name, "' twice"));
  }
  sections_.emplace_back(name, json);
  return absl::OkStatus();
}

std::string Document::ToJson() const {
  std::string json = pb::ToJson(envelope_);
  json.pop_back();
  for (const auto& [name, section] : sections_) {
    absl::StrAppend(&json, ",\"", name, "\":", section);
  }
  json.push_back('}');
  return json;
}

bool Document::Has(absl::string_view section) const {
  return !Raw(section).empty();
}

absl::string_view Document::Raw(absl::string_view section) const {
  for (const auto& [name, json] : sections_) {
    if (name == section) return json;
  }
  return "";
}

void Document::SetRaw(absl::string_view section, std::string json) {
  for (auto& [name, old] : sections_) {
    if (name == section) {
      old = std::move(json);
      return;
    }
  }
  sections_.emplace_back(section, std::move(json));
}

absl::StatusOr<journal::Instance*> Document::Instance() {
  if (instance_ != nullptr) return instance_.get();
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  CLEAT_ASSIGN_OR_RETURN(
      journal::Instance instance,
      journal::Instance::Create(root, envelope_.name(),
                                journal::Labels(envelope_.labels().begin(),
                                                envelope_.labels().end())));
  envelope_.set_id(instance.id());
  instance_ = std::make_unique<journal::Instance>(std::move(instance));
  return instance_.get();
}

absl::Status Document::ClaimInstance() {
  if (!envelope_.has_id()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  CLEAT_ASSIGN_OR_RETURN(journal::Instance instance,
                         journal::Instance::Claim(root, envelope_.id()));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<proto::Step> steps,
                         instance.Steps());
  inherited_steps_ = steps.size();
  instance_ = std::make_unique<journal::Instance>(std::move(instance));
  return absl::OkStatus();
}

void Document::DropInstance() {
  instance_ = nullptr;
  inherited_steps_ = 0;
  envelope_.clear_id();
  envelope_.clear_steps();
}

absl::StatusOr<std::vector<absl::string_view>> SplitDocuments(
    absl::string_view stream) {
  std::vector<absl::string_view> documents;
  size_t offset = 0;
  while (true) {
    offset = stream.find_first_not_of(" \t\r\n", offset);
    if (offset == absl::string_view::npos) return documents;
    rapidjson::MemoryStream rest(stream.data() + offset,
                                 stream.size() - offset);
    rapidjson::BaseReaderHandler<> ignore;
    rapidjson::Reader reader;
    const auto result = reader.Parse<kReadFlags>(rest, ignore);
    if (result.IsError()) return NotJson(result, offset);
    documents.push_back(stream.substr(offset, rest.Tell()));
    offset += rest.Tell();
  }
}

}  // namespace cleat::cli
