#include "lib/base/json.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "rapidjson/document.h"
#include "rapidjson/error/en.h"

namespace cleat::base {
namespace {

using rapidjson::Value;

constexpr unsigned kParseFlags = rapidjson::kParseInsituFlag |
                                 rapidjson::kParseIterativeFlag |
                                 rapidjson::kParseValidateEncodingFlag;

absl::string_view TypeName(const Value& value) {
  switch (value.GetType()) {
    case rapidjson::kNullType:
      return "null";
    case rapidjson::kFalseType:
    case rapidjson::kTrueType:
      return "a boolean";
    case rapidjson::kObjectType:
      return "an object";
    case rapidjson::kArrayType:
      return "an array";
    case rapidjson::kStringType:
      return "a string";
    case rapidjson::kNumberType:
      return value.IsInt64() ? "a number" : "a number that is no int64";
  }
  return "unknown";
}

absl::string_view Text(const Value& value) {
  return absl::string_view(value.GetString(), value.GetStringLength());
}

// `path` is "NAME" or "NAME: field a.b".
absl::Status WrongType(absl::string_view path, const Value& value,
                       absl::string_view wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": is ", TypeName(value), ", not ", wanted));
}

absl::StatusOr<std::vector<JsonObject>> ObjectsOf(const Value& value,
                                                  const std::string& path) {
  if (!value.IsArray()) return WrongType(path, value, "an array");
  std::vector<JsonObject> objects;
  objects.reserve(value.Size());
  for (const Value& element : value.GetArray()) {
    const std::string at = absl::StrCat(path, "[", objects.size(), "]");
    if (!element.IsObject()) return WrongType(at, element, "an object");
    objects.emplace_back(&element, absl::StrCat(at, "."));
  }
  return objects;
}

}  // namespace

struct JsonDocument::State {
  std::string name;
  // Strings of the DOM point into it.
  std::string text;
  rapidjson::Document document;
};

bool HasHalfCharacter(absl::string_view text) {
  constexpr size_t kEscape = sizeof("\\u0000") - 1;
  size_t at = text.find('\\');
  while (at != absl::string_view::npos && at + 1 < text.size()) {
    size_t size = 2;
    uint32_t unit = 0;
    if (text[at + 1] == 'u' &&
        absl::SimpleHexAtoi(text.substr(at + 2, 4), &unit)) {
      if (unit >= 0xdc00 && unit <= 0xdfff) return true;
      // The parser sees to it that the second half follows.
      size = unit >= 0xd800 && unit <= 0xdbff ? 2 * kEscape : kEscape;
    }
    at = text.find('\\', at + size);
  }
  return false;
}

JsonDocument::JsonDocument(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

absl::StatusOr<JsonDocument> JsonDocument::Parse(std::string text,
                                                 absl::string_view name,
                                                 size_t limit) {
  if (text.size() > limit) {
    return absl::ResourceExhaustedError(
        absl::StrCat(name, ": larger than ", limit, " bytes"));
  }
  // The parser takes a NUL for the end and would not see what follows.
  if (text.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": is no JSON: it has a NUL byte"));
  }
  if (HasHalfCharacter(text)) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": is no JSON: it has half a character"));
  }
  auto state = std::make_unique<State>();
  state->name = std::string(name);
  state->text = std::move(text);
  // Where a character of four bytes is cut off after the first, the parser
  // takes the NUL at the end for the second and reads on.
  state->text.append(3, '\0');
  state->document.ParseInsitu<kParseFlags>(&state->text[0]);
  if (state->document.HasParseError()) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": is no JSON: byte ", state->document.GetErrorOffset(), ": ",
        rapidjson::GetParseError_En(state->document.GetParseError())));
  }
  return JsonDocument(std::move(state));
}

absl::StatusOr<JsonObject> JsonDocument::Object() const {
  if (!state_->document.IsObject()) {
    return WrongType(state_->name, state_->document, "an object");
  }
  return JsonObject(&state_->document, absl::StrCat(state_->name, ": field "));
}

absl::StatusOr<std::vector<JsonObject>> JsonDocument::Objects() const {
  return ObjectsOf(state_->document, state_->name);
}

const Value* JsonObject::Find(absl::string_view key) const {
  const Value name(rapidjson::StringRef(
      key.data(), static_cast<rapidjson::SizeType>(key.size())));
  const auto member = value_->FindMember(name);
  if (member == value_->MemberEnd() || member->value.IsNull()) return nullptr;
  return &member->value;
}

std::string JsonObject::ChildPath(absl::string_view key) const {
  return absl::StrCat(path_, absl::Utf8SafeCHexEscape(key.substr(0, 200)));
}

absl::Status JsonObject::Error(absl::string_view key,
                               absl::string_view reason) const {
  return absl::InvalidArgumentError(absl::StrCat(ChildPath(key), ": ", reason));
}

bool JsonObject::Has(absl::string_view key) const {
  return Find(key) != nullptr;
}

absl::StatusOr<const Value*> JsonObject::Required(absl::string_view key) const {
  const Value* value = Find(key);
  if (value == nullptr) return Error(key, "is missing");
  return value;
}

absl::StatusOr<absl::string_view> JsonObject::String(
    absl::string_view key) const {
  CLEAT_ASSIGN_OR_RETURN(const Value* value, Required(key));
  if (!value->IsString()) return WrongType(ChildPath(key), *value, "a string");
  return Text(*value);
}

absl::StatusOr<int64_t> JsonObject::Int(absl::string_view key) const {
  CLEAT_ASSIGN_OR_RETURN(const Value* value, Required(key));
  if (!value->IsInt64()) return WrongType(ChildPath(key), *value, "an integer");
  return value->GetInt64();
}

absl::StatusOr<JsonObject> JsonObject::Object(absl::string_view key) const {
  CLEAT_ASSIGN_OR_RETURN(const Value* value, Required(key));
  if (!value->IsObject()) return WrongType(ChildPath(key), *value, "an object");
  return JsonObject(value, absl::StrCat(ChildPath(key), "."));
}

absl::StatusOr<absl::string_view> JsonObject::OptionalString(
    absl::string_view key) const {
  return Has(key) ? String(key) : absl::string_view();
}

absl::StatusOr<bool> JsonObject::OptionalBool(absl::string_view key) const {
  const Value* value = Find(key);
  if (value == nullptr) return false;
  if (!value->IsBool()) return WrongType(ChildPath(key), *value, "a boolean");
  return value->GetBool();
}

absl::StatusOr<std::vector<std::string>> JsonObject::Strings(
    absl::string_view key) const {
  std::vector<std::string> strings;
  const Value* value = Find(key);
  if (value == nullptr) return strings;
  if (!value->IsArray()) return WrongType(ChildPath(key), *value, "an array");
  strings.reserve(value->Size());
  for (const Value& element : value->GetArray()) {
    if (!element.IsString()) {
      return WrongType(absl::StrCat(ChildPath(key), "[", strings.size(), "]"),
                       element, "a string");
    }
    strings.emplace_back(Text(element));
  }
  return strings;
}

absl::StatusOr<std::vector<JsonObject>> JsonObject::Objects(
    absl::string_view key) const {
  const Value* value = Find(key);
  if (value == nullptr) return std::vector<JsonObject>();
  return ObjectsOf(*value, ChildPath(key));
}

absl::StatusOr<std::vector<std::string>> JsonObject::Keys(
    absl::string_view key) const {
  std::vector<std::string> keys;
  if (!Has(key)) return keys;
  CLEAT_ASSIGN_OR_RETURN(JsonObject object, Object(key));
  for (const auto& member : object.value_->GetObject()) {
    keys.emplace_back(Text(member.name));
  }
  return keys;
}

absl::StatusOr<JsonObject::Pairs> JsonObject::StringMap(
    absl::string_view key) const {
  if (!Has(key)) return Pairs();
  CLEAT_ASSIGN_OR_RETURN(JsonObject object, Object(key));
  return object.StringMap();
}

absl::StatusOr<JsonObject::Pairs> JsonObject::StringMap() const {
  Pairs pairs;
  for (const auto& member : value_->GetObject()) {
    if (!member.value.IsString()) {
      return WrongType(ChildPath(Text(member.name)), member.value, "a string");
    }
    pairs.emplace_back(Text(member.name), Text(member.value));
  }
  return pairs;
}

absl::StatusOr<JsonObject::NamedObjects> JsonObject::ObjectMap(
    absl::string_view key) const {
  NamedObjects objects;
  if (!Has(key)) return objects;
  CLEAT_ASSIGN_OR_RETURN(JsonObject object, Object(key));
  for (const auto& member : object.value_->GetObject()) {
    const std::string path = object.ChildPath(Text(member.name));
    if (!member.value.IsObject()) {
      return WrongType(path, member.value, "an object");
    }
    objects.emplace_back(Text(member.name),
                         JsonObject(&member.value, absl::StrCat(path, ".")));
  }
  return objects;
}

}  // namespace cleat::base
