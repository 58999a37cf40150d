#include "lib/tar/pax.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"

namespace cleat::tar {
namespace {

using absl::string_view;

absl::Status BadValue(string_view keyword, string_view value) {
  return absl::DataLossError(
      absl::StrCat("pax record ", absl::CHexEscape(keyword), ": bad value '",
                   absl::CHexEscape(value.substr(0, 100)), "'"));
}

absl::Status SetText(string_view value, absl::optional<std::string>* field) {
  if (absl::StrContains(value, '\0')) return BadValue("with a name", value);
  // An empty value takes the record back: the header's own field counts.
  if (value.empty()) {
    field->reset();
  } else {
    *field = std::string(value);
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ParseDecimal(string_view value) {
  int64_t number;
  if (value.empty() || !absl::SimpleAtoi(value, &number) || number < 0) {
    return BadValue("with a number", value);
  }
  return number;
}

absl::Status SetNumber(string_view value, absl::optional<int64_t>* field) {
  if (value.empty()) {
    field->reset();
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(*field, ParseDecimal(value));
  return absl::OkStatus();
}

absl::Status SetTime(string_view value, PaxRecords* records) {
  CLEAT_ASSIGN_OR_RETURN(records->mtime, ParsePaxTime(value));
  return absl::OkStatus();
}

// Format 0.0 has a pair of records for each extent, in order.
absl::Status AddSparseOffset(string_view value, PaxRecords* records) {
  CLEAT_ASSIGN_OR_RETURN(const int64_t offset, ParseDecimal(value));
  records->sparse_map.push_back({offset, 0});
  records->has_sparse_map = true;
  return absl::OkStatus();
}

absl::Status AddSparseSize(string_view value, PaxRecords* records) {
  if (records->sparse_map.empty()) return BadValue("of a sparse map", value);
  CLEAT_ASSIGN_OR_RETURN(records->sparse_map.back().size, ParseDecimal(value));
  return absl::OkStatus();
}

absl::Status SetSparseMap(string_view value, PaxRecords* records) {
  CLEAT_ASSIGN_OR_RETURN(records->sparse_map, ParseSparseMap(value));
  records->has_sparse_map = true;
  return absl::OkStatus();
}

struct Keyword {
  string_view name;
  absl::Status (*set)(string_view value, PaxRecords* records);
};

constexpr Keyword kKeywords[] = {
    {"path", [](string_view v, PaxRecords* r) { return SetText(v, &r->path); }},
    {"linkpath",
     [](string_view v, PaxRecords* r) { return SetText(v, &r->linkpath); }},
    {"size",
     [](string_view v, PaxRecords* r) { return SetNumber(v, &r->size); }},
    {"uid", [](string_view v, PaxRecords* r) { return SetNumber(v, &r->uid); }},
    {"gid", [](string_view v, PaxRecords* r) { return SetNumber(v, &r->gid); }},
    {"mtime", SetTime},
    {"GNU.sparse.major",
     [](string_view v, PaxRecords* r) {
       return SetNumber(v, &r->sparse_major);
     }},
    {"GNU.sparse.name",
     [](string_view v, PaxRecords* r) { return SetText(v, &r->sparse_name); }},
    // 1.0 says "realsize", 0.0 and 0.1 "size".
    {"GNU.sparse.realsize",
     [](string_view v, PaxRecords* r) {
       return SetNumber(v, &r->sparse_real_size);
     }},
    {"GNU.sparse.size",
     [](string_view v, PaxRecords* r) {
       return SetNumber(v, &r->sparse_real_size);
     }},
    {"GNU.sparse.offset", AddSparseOffset},
    {"GNU.sparse.numbytes", AddSparseSize},
    {"GNU.sparse.map", SetSparseMap},
};

void SetXattr(std::string name, std::string value, PaxRecords* records) {
  for (Xattr& xattr : records->xattrs) {
    if (xattr.name != name) continue;
    xattr.value = std::move(value);
    return;
  }
  records->xattrs.push_back({std::move(name), std::move(value)});
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// libarchive writes names like URLs do: "%3D".
std::string PercentDecode(string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() &&
                        HexDigit(text[i + 1]) >= 0 &&
                        HexDigit(text[i + 2]) >= 0;
    if (!escape) {
      out.push_back(text[i]);
      continue;
    }
    out.push_back(
        static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])));
    i += 2;
  }
  return out;
}

absl::Status SetLibarchiveXattr(string_view name, string_view value,
                                PaxRecords* records) {
  std::string decoded;
  if (!absl::Base64Unescape(value, &decoded)) return BadValue(name, value);
  SetXattr(PercentDecode(name), std::move(decoded), records);
  return absl::OkStatus();
}

absl::Status SetRecord(string_view keyword, string_view value,
                       PaxRecords* records) {
  string_view name = keyword;
  if (absl::ConsumePrefix(&name, "SCHILY.xattr.")) {
    SetXattr(std::string(name), std::string(value), records);
    return absl::OkStatus();
  }
  if (absl::ConsumePrefix(&name, "LIBARCHIVE.xattr.")) {
    return SetLibarchiveXattr(name, value, records);
  }
  for (const Keyword& known : kKeywords) {
    if (known.name == keyword) return known.set(value, records);
  }
  return absl::OkStatus();
}

// Cuts "LENGTH KEYWORD=VALUE\n", of which LENGTH counts all bytes, off `data`.
// Returns "KEYWORD=VALUE".
absl::StatusOr<string_view> TakeRecord(string_view* data) {
  const size_t space = data->find(' ');
  size_t length = 0;
  // No length has more than ten digits; a missing space is further than that.
  if (space > 10 || !absl::SimpleAtoi(data->substr(0, space), &length) ||
      length < space + 3 || length > data->size() ||
      (*data)[length - 1] != '\n') {
    return absl::DataLossError(
        absl::StrCat("pax record '", absl::CHexEscape(data->substr(0, 40)),
                     "': must be LENGTH KEYWORD=VALUE and a newline"));
  }
  const string_view record = data->substr(space + 1, length - space - 2);
  data->remove_prefix(length);
  return record;
}

}  // namespace

absl::Status ParsePax(string_view data, PaxRecords* records) {
  while (!data.empty()) {
    CLEAT_ASSIGN_OR_RETURN(const string_view record, TakeRecord(&data));
    const size_t equal = record.find('=');
    if (equal == string_view::npos || equal == 0) {
      return BadValue("without a keyword", record);
    }
    CLEAT_RETURN_IF_ERROR(
        SetRecord(record.substr(0, equal), record.substr(equal + 1), records));
  }
  return absl::OkStatus();
}

absl::StatusOr<struct timespec> ParsePaxTime(string_view text) {
  const size_t point = std::min(text.find('.'), text.size());
  string_view fraction = text.substr(point);
  absl::ConsumePrefix(&fraction, ".");
  struct timespec time = {};
  const string_view whole = text.substr(0, point);
  int64_t seconds;
  if (!absl::SimpleAtoi(whole, &seconds)) return BadValue("time", text);
  time.tv_sec = seconds;
  int64_t unit = 100'000'000;
  for (const char c : fraction) {
    if (c < '0' || c > '9') return BadValue("time", text);
    time.tv_nsec += unit * (c - '0');
    unit /= 10;
  }
  if (absl::StartsWith(whole, "-") && time.tv_nsec > 0) {
    time.tv_sec -= 1;
    time.tv_nsec = 1'000'000'000 - time.tv_nsec;
  }
  return time;
}

}  // namespace cleat::tar
