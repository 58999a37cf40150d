#include "lib/pb/json_path.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "rapidjson/document.h"
#include "rapidjson/memorystream.h"
#include "rapidjson/prettywriter.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace cleat::pb {
namespace {

// Writing walks the tree by recursion.
constexpr int kMaxDepth = 100;

int Depth(absl::string_view json) {
  int depth = 0;
  int deepest = 0;
  for (const char c : json) {
    depth += (c == '{' || c == '[') ? 1 : (c == '}' || c == ']') ? -1 : 0;
    deepest = std::max(deepest, depth);
  }
  return deepest;
}

absl::Status Parse(absl::string_view json, rapidjson::Document* document) {
  rapidjson::MemoryStream stream(json.data(), json.size());
  document->ParseStream<rapidjson::kParseIterativeFlag |
                            rapidjson::kParseFullPrecisionFlag,
                        rapidjson::UTF8<>>(stream);
  if (document->HasParseError() || Depth(json) > kMaxDepth) {
    return absl::InvalidArgumentError("not JSON, or nested too deep");
  }
  return absl::OkStatus();
}

std::string ToLine(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string ToIndented(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

// What a user may ask for instead.
std::string Choices(const rapidjson::Value& value) {
  if (value.IsArray()) return absl::StrCat("a list of ", value.Size());
  if (!value.IsObject()) return "no object";
  std::vector<std::string> names;
  for (const auto& member : value.GetObject()) {
    names.emplace_back(member.name.GetString());
  }
  return absl::StrCat("has ", absl::StrJoin(names, ", "));
}

const rapidjson::Value* Step(const rapidjson::Value& value,
                             const std::string& name) {
  if (value.IsObject()) {
    const auto member = value.FindMember(name.c_str());
    return member == value.MemberEnd() ? nullptr : &member->value;
  }
  unsigned index = 0;
  if (!value.IsArray() || !absl::SimpleAtoi(name, &index)) return nullptr;
  return index < value.Size() ? &value[index] : nullptr;
}

}  // namespace

absl::StatusOr<std::string> FormatJson(absl::string_view json, JsonForm form) {
  rapidjson::Document document;
  CLEAT_RETURN_IF_ERROR(Parse(json, &document));
  return form == JsonForm::kLine ? ToLine(document) : ToIndented(document);
}

absl::StatusOr<std::string> GetJsonField(absl::string_view json,
                                         absl::string_view path) {
  rapidjson::Document document;
  CLEAT_RETURN_IF_ERROR(Parse(json, &document));
  const rapidjson::Value* value = &document;
  std::vector<std::string> walked;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    const rapidjson::Value* next = Step(*value, std::string(name));
    if (next == nullptr) {
      return absl::NotFoundError(absl::StrCat(
          "field '", path, "': there is no '", name, "' (",
          walked.empty() ? "the document" : absl::StrJoin(walked, "."), " ",
          Choices(*value), ")"));
    }
    walked.emplace_back(name);
    value = next;
  }
  if (!value->IsString()) return ToLine(*value);
  return std::string(value->GetString(), value->GetStringLength());
}

}  // namespace cleat::pb
