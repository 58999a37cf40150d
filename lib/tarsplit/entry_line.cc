#include "lib/tarsplit/entry_line.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/tarsplit/utf8.h"
#include "rapidjson/document.h"
#include "rapidjson/error/en.h"

namespace cleat::tarsplit {
namespace {

using absl::string_view;
using rapidjson::Value;

constexpr size_t kCrcSize = 8;

void AppendBase64(string_view bytes, std::string* out) {
  out->push_back('"');
  std::string text;
  absl::Base64Escape(bytes, &text);
  out->append(text);
  out->push_back('"');
}

void AppendHex4(unsigned code, std::string* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  out->append("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) {
    out->push_back(kDigits[code >> shift & 0xf]);
  }
}

// encoding/json also escapes what HTML and JavaScript would stumble over.
bool IsEscaped(unsigned char c) {
  return c < 0x20 || c == '<' || c == '>' || c == '&';
}

void AppendChar(char c, std::string* out) {
  if (c == '"' || c == '\\') {
    out->append({'\\', c});
  } else if (c == '\n') {
    out->append("\\n");
  } else if (c == '\r') {
    out->append("\\r");
  } else if (c == '\t') {
    out->append("\\t");
  } else if (IsEscaped(static_cast<unsigned char>(c))) {
    AppendHex4(static_cast<unsigned char>(c), out);
  } else {
    out->push_back(c);
  }
}

// `text` is UTF-8.
void AppendString(string_view text, std::string* out) {
  out->push_back('"');
  for (size_t i = 0; i < text.size(); ++i) {
    const string_view three = text.substr(i, 3);
    const bool line = three == "\xe2\x80\xa8";
    if (line || three == "\xe2\x80\xa9") {
      AppendHex4(line ? 0x2028 : 0x2029, out);
      i += 2;
    } else {
      AppendChar(text[i], out);
    }
  }
  out->push_back('"');
}

void AppendEnd(int64_t position, std::string* out) {
  absl::StrAppend(out, ",\"position\":", position, "}\n");
}

absl::Status Bad(string_view why) { return absl::DataLossError(why); }

string_view Text(const Value& value) {
  return string_view(value.GetString(), value.GetStringLength());
}

// An absent or null member is empty, as in Go.
absl::StatusOr<string_view> StringMember(const Value& object, const char* key) {
  const auto member = object.FindMember(key);
  if (member == object.MemberEnd() || member->value.IsNull()) {
    return string_view();
  }
  if (member->value.IsString()) return Text(member->value);
  return Bad(absl::StrCat(key, " is no string"));
}

absl::StatusOr<std::string> BytesMember(const Value& object, const char* key) {
  CLEAT_ASSIGN_OR_RETURN(const string_view text, StringMember(object, key));
  std::string bytes;
  if (absl::Base64Unescape(text, &bytes)) return bytes;
  return Bad(absl::StrCat(key, " is not base64"));
}

absl::StatusOr<int64_t> IntMember(const Value& object, const char* key) {
  const auto member = object.FindMember(key);
  if (member == object.MemberEnd()) return 0;
  if (member->value.IsInt64() && member->value.GetInt64() >= 0) {
    return member->value.GetInt64();
  }
  return Bad(absl::StrCat(key, " is no whole number"));
}

absl::Status SetName(const Value& object, Line* line) {
  CLEAT_ASSIGN_OR_RETURN(line->name, BytesMember(object, "name_raw"));
  if (!line->name.empty()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const string_view name, StringMember(object, "name"));
  line->name = std::string(name);
  return absl::OkStatus();
}

absl::StatusOr<Line> LineOf(const Value& object, int64_t position) {
  CLEAT_ASSIGN_OR_RETURN(const int64_t type, IntMember(object, "type"));
  CLEAT_ASSIGN_OR_RETURN(const int64_t at, IntMember(object, "position"));
  if (type != 1 && type != 2) return Bad(absl::StrCat("type ", type));
  if (at != position) return Bad(absl::StrCat("position is ", at));
  Line line;
  line.type = static_cast<LineType>(type);
  CLEAT_ASSIGN_OR_RETURN(line.payload, BytesMember(object, "payload"));
  if (line.type == LineType::kSegment) return line;
  CLEAT_RETURN_IF_ERROR(SetName(object, &line));
  CLEAT_ASSIGN_OR_RETURN(line.size, IntMember(object, "size"));
  if (line.name.empty()) return Bad("a file without a name");
  if (line.size > 0 && line.payload.size() != kCrcSize) {
    return Bad("a file without its checksum");
  }
  return line;
}

}  // namespace

void AppendSegment(string_view bytes, int64_t position, std::string* out,
                   Missing missing) {
  out->append("{\"type\":2,\"payload\":");
  if (missing == Missing::kYes) {
    out->append("null");
  } else {
    AppendBase64(bytes, out);
  }
  AppendEnd(position, out);
}

void AppendFile(string_view name, int64_t size, string_view crc64,
                int64_t position, std::string* out) {
  out->append("{\"type\":1,");
  if (IsPlainUtf8(name)) {
    if (!name.empty()) {
      out->append("\"name\":");
      AppendString(name, out);
      out->push_back(',');
    }
  } else {
    out->append("\"name_raw\":");
    AppendBase64(name, out);
    out->push_back(',');
  }
  if (size > 0) absl::StrAppend(out, "\"size\":", size, ",");
  out->append("\"payload\":");
  if (crc64.empty()) {
    out->append("null");
  } else {
    AppendBase64(crc64, out);
  }
  AppendEnd(position, out);
}

absl::StatusOr<Line> ParseLine(string_view text, int64_t position) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag |
                 rapidjson::kParseValidateEncodingFlag>(text.data(),
                                                        text.size());
  absl::StatusOr<Line> line = Bad("no JSON object");
  if (document.HasParseError()) {
    line = Bad(rapidjson::GetParseError_En(document.GetParseError()));
  } else if (document.IsObject()) {
    line = LineOf(document, position);
  }
  if (line.ok()) return line;
  return Bad(absl::StrCat("tar-split: entry ", position, ": ",
                          line.status().message()));
}

}  // namespace cleat::tarsplit
