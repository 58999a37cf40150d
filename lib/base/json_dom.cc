#include "lib/base/json_dom.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/json.h"
#include "rapidjson/error/en.h"
#include "rapidjson/reader.h"

namespace cleat::base {
namespace {

constexpr int kMaxDepth = 200;

// Of brackets outside strings; right for what is JSON.
int DepthOf(absl::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') ++i;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if (c == '{' || c == '[') deepest = std::max(deepest, ++depth);
    if (c == '}' || c == ']') --depth;
  }
  return deepest;
}

struct Finite : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Finite> {
  static bool Double(double number) { return std::isfinite(number); }
};

// Whether all numbers are some: RapidJSON takes "33E308" for an infinite one,
// which it then does not write.
bool IsFinite(const rapidjson::Value& value) {
  Finite finite;
  return value.Accept(finite);
}

}  // namespace

absl::StatusOr<rapidjson::Document> ParseJsonDom(const std::string& text,
                                                 absl::string_view name) {
  if (text.size() > kMaxJsonBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(name, ": larger than ", kMaxJsonBytes, " bytes"));
  }
  if (DepthOf(text) > kMaxDepth) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": is nested deeper than ", kMaxDepth, " levels"));
  }
  if (HasHalfCharacter(text)) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": is no JSON: it has half a character"));
  }
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  rapidjson::Document document;
  document.Parse<kFlags>(text.data(), text.size());
  if (!document.HasParseError()) {
    if (IsFinite(document)) return document;
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": is no JSON: it has a number that is too large"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": is no JSON: byte ", document.GetErrorOffset(), ": ",
                   rapidjson::GetParseError_En(document.GetParseError())));
}

}  // namespace cleat::base
