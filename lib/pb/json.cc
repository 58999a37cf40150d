#include "lib/pb/json.h"

#include <string.h>

#include <algorithm>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"
#include "rapidjson/document.h"
#include "rapidjson/error/en.h"
#include "rapidjson/memorystream.h"

namespace cleat::pb {
namespace {

using Value = rapidjson::Value;

// No message nests deeper; the reader is iterative, but the walk is not.
constexpr int kMaxDepth = 64;

absl::string_view View(const Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

absl::Status Expected(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(where, ": ", what, " is expected"));
}

// A uint64, of which get_integer and put_integer have the bits.
bool IsUnsigned64(const Field& field) {
  return field.min == 0 && field.max == INT64_MAX;
}

class Reader {
 public:
  explicit Reader(UnknownFields unknown) : unknown_(unknown) {}

  absl::Status ReadMessage(const Message& table, const Value& object,
                           const std::string& where, int depth, void* message) {
    if (!object.IsObject()) return Expected(where, "an object");
    if (depth > kMaxDepth) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": nests too deep"));
    }
    for (const auto& member : object.GetObject()) {
      CLEAT_RETURN_IF_ERROR(ReadMember(table, View(member.name), member.value,
                                       where, depth, message));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadMember(const Message& table, absl::string_view name,
                          const Value& value, const std::string& where,
                          int depth, void* message) {
    const std::string path =
        where.empty() ? std::string(name) : absl::StrCat(where, ".", name);
    for (const Field& field : table) {
      if (name != field.json_name && name != field.name) continue;
      if (value.IsNull()) return absl::OkStatus();
      if (field.size(message) != 0) {
        return absl::InvalidArgumentError(absl::StrCat(path, ": given twice"));
      }
      return ReadField(field, value, path, depth, message);
    }
    if (unknown_ == UnknownFields::kIgnore) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": unknown field (", table.name, " has no such)"));
  }

  absl::Status ReadField(const Field& field, const Value& value,
                         const std::string& path, int depth, void* message) {
    if (field.type == Type::kMap) return ReadMap(field, value, path, message);
    if (!field.repeated) return ReadValue(field, value, path, depth, message);
    if (!value.IsArray()) return Expected(path, "a list");
    for (const Value& element : value.GetArray()) {
      CLEAT_RETURN_IF_ERROR(ReadValue(field, element, path, depth, message));
    }
    return absl::OkStatus();
  }

  absl::Status ReadValue(const Field& field, const Value& value,
                         const std::string& path, int depth, void* message) {
    switch (field.type) {
      case Type::kMessage:
        return ReadMessage(*field.message(), value, path, depth + 1,
                           field.put_message(message));
      case Type::kString:
        if (!value.IsString()) return Expected(path, "a string");
        field.put_string(message, std::string(View(value)));
        return absl::OkStatus();
      case Type::kBool:
        if (!value.IsBool()) return Expected(path, "true or false");
        field.put_integer(message, value.GetBool());
        return absl::OkStatus();
      default:
        return ReadInteger(field, value, path, message);
    }
  }

  static absl::Status ReadInteger(const Field& field, const Value& value,
                                  const std::string& path, void* message) {
    if (IsUnsigned64(field) && value.IsUint64()) {
      field.put_integer(message, static_cast<int64_t>(value.GetUint64()));
      return absl::OkStatus();
    }
    int64_t number = 0;
    const bool read =
        value.IsInt64()
            ? (number = value.GetInt64(), true)
            : value.IsString() && absl::SimpleAtoi(View(value), &number);
    if (!read) return Expected(path, "a whole number");
    if (number < field.min || number > field.max) {
      return Expected(
          path, absl::StrCat("a number from ", field.min, " to ", field.max));
    }
    field.put_integer(message, number);
    return absl::OkStatus();
  }

  static absl::Status ReadMap(const Field& field, const Value& value,
                              const std::string& path, void* message) {
    if (!value.IsObject()) return Expected(path, "an object");
    StringMap* map = field.put_map(message);
    for (const auto& member : value.GetObject()) {
      if (!member.value.IsString()) {
        return Expected(absl::StrCat(path, ".", View(member.name)), "a string");
      }
      (*map)[std::string(View(member.name))] = std::string(View(member.value));
    }
    return absl::OkStatus();
  }

  UnknownFields unknown_;
};

void AppendControl(unsigned char c, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '\n':
      out->append("\\n");
      return;
    case '\t':
      out->append("\\t");
      return;
    case '\r':
      out->append("\\r");
      return;
    default:
      absl::StrAppend(out, "\\u00", std::string(1, kHex[c >> 4]),
                      std::string(1, kHex[c & 15]));
  }
}

void AppendMap(const StringMap& map, std::string* out) {
  const std::map<std::string, std::string> sorted(map.begin(), map.end());
  out->push_back('{');
  for (const auto& [key, value] : sorted) {
    if (out->back() != '{') out->push_back(',');
    AppendJsonString(key, out);
    out->push_back(':');
    AppendJsonString(value, out);
  }
  out->push_back('}');
}

void AppendInteger(const Field& field, int64_t value, std::string* out) {
  if (IsUnsigned64(field)) {
    absl::StrAppend(out, static_cast<uint64_t>(value));
  } else {
    absl::StrAppend(out, value);
  }
}

void AppendValue(const Field& field, const void* message, int i,
                 std::string* out) {
  switch (field.type) {
    case Type::kMessage:
      AppendJson(*field.message(), field.get_message(message, i), out);
      return;
    case Type::kString:
      AppendJsonString(field.get_string(message, i), out);
      return;
    case Type::kBool:
      out->append(field.get_integer(message, i) != 0 ? "true" : "false");
      return;
    case Type::kInteger:
      AppendInteger(field, field.get_integer(message, i), out);
      return;
    case Type::kMap:
      AppendMap(field.get_map(message), out);
      return;
  }
}

void AppendField(const Field& field, const void* message, std::string* out) {
  absl::StrAppend(out, "\"", field.json_name, "\":");
  const bool list = field.repeated && field.type != Type::kMap;
  if (!list) return AppendValue(field, message, 0, out);
  out->push_back('[');
  for (int i = 0; i < field.size(message); ++i) {
    if (i > 0) out->push_back(',');
    AppendValue(field, message, i, out);
  }
  out->push_back(']');
}

// How many bytes at the beginning are ASCII that stands for itself.
size_t PlainLength(absl::string_view text) {
  const auto* const end =
      std::find_if(text.begin(), text.end(), [](unsigned char c) {
        return c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
      });
  return static_cast<size_t>(end - text.begin());
}

}  // namespace

absl::Status ParseJson(const Message& table, absl::string_view text,
                       absl::string_view where, UnknownFields unknown,
                       void* message) {
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseFullPrecisionFlag;
  rapidjson::Document document;
  rapidjson::MemoryStream stream(text.data(), text.size());
  document.ParseStream<kFlags, rapidjson::UTF8<>>(stream);
  if (document.HasParseError()) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, where.empty() ? "" : ": ", "not JSON at byte ",
                     document.GetErrorOffset(), ": ",
                     rapidjson::GetParseError_En(document.GetParseError())));
  }
  return Reader(unknown).ReadMessage(table, document, std::string(where), 0,
                                     message);
}

void AppendJson(const Message& table, const void* message, std::string* out) {
  out->push_back('{');
  for (const Field& field : table) {
    if (field.size(message) == 0) continue;
    if (out->back() != '{') out->push_back(',');
    AppendField(field, message, out);
  }
  out->push_back('}');
}

void AppendJsonString(absl::string_view text, std::string* out) {
  out->push_back('"');
  while (!text.empty()) {
    const size_t plain = PlainLength(text);
    out->append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto c = static_cast<unsigned char>(text.front());
    const size_t length = Utf8Length(text);
    if (length == 0) {
      out->append("\xEF\xBF\xBD");
    } else if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(static_cast<char>(c));
    } else if (c < 0x20) {
      AppendControl(c, out);
    } else {
      absl::StrAppend(out, text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out->push_back('"');
}

}  // namespace cleat::pb
