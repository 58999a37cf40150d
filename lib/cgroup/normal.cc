#include "lib/cgroup/normal.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/sys/errno.h"

namespace cleat::cgroup {
namespace {

using Text = absl::StatusOr<std::string>;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

absl::Status Wrong(absl::string_view text, absl::string_view right) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not ", right));
}

bool IsNumber(absl::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == absl::string_view::npos;
}

// A word that goes into a file: no space that would begin another.
bool IsWord(absl::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isspace(static_cast<unsigned char>(c)) || c == '\0';
  });
}

// KEY:REST at the last colon.
absl::StatusOr<std::pair<absl::string_view, absl::string_view>> SplitLast(
    absl::string_view text, absl::string_view right) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || !IsWord(text.substr(0, colon))) {
    return Wrong(text, right);
  }
  return std::make_pair(text.substr(0, colon), text.substr(colon + 1));
}

absl::StatusOr<int64_t> ParseWhole(absl::string_view text) {
  int64_t value = 0;
  if (!IsNumber(text) || !absl::SimpleAtoi(text, &value)) {
    return Wrong(text, "a whole number");
  }
  return value;
}

absl::StatusOr<int64_t> ParseWeight(absl::string_view text) {
  const absl::StatusOr<int64_t> value = ParseWhole(text);
  if (!value.ok() || *value < 10 || *value > 1000) {
    return Wrong(text, "a weight of 10 to 1000");
  }
  return value;
}

template <typename Parse>
Text DeviceAnd(absl::string_view text, Parse parse, absl::string_view right) {
  CLEAT_ASSIGN_OR_RETURN(const auto parts, SplitLast(text, right));
  CLEAT_ASSIGN_OR_RETURN(const int64_t value, parse(parts.second));
  CLEAT_ASSIGN_OR_RETURN(const std::string device, BlockDevice(parts.first));
  return absl::StrCat(device, " ", value);
}

Text WeightDevice(absl::string_view text) {
  return DeviceAnd(text, ParseWeight, "DEVICE:WEIGHT");
}

Text BytesDevice(absl::string_view text) {
  return DeviceAnd(text, ParseBytes, "DEVICE:SIZE");
}

Text CountDevice(absl::string_view text) {
  return DeviceAnd(text, ParseWhole, "DEVICE:NUMBER");
}

Text TimeDevice(absl::string_view text) {
  return DeviceAnd(text, ParseDuration, "DEVICE:TIME");
}

// "KEY=VALUE,KEY=VALUE" as words.
Text Pairs(absl::string_view text) {
  const std::vector<absl::string_view> pairs = absl::StrSplit(text, ',');
  for (const absl::string_view pair : pairs) {
    const size_t equals = pair.find('=');
    if (!IsWord(pair) || equals == 0 || equals == absl::string_view::npos ||
        equals + 1 == pair.size()) {
      return Wrong(pair, "KEY=VALUE");
    }
  }
  return absl::StrJoin(pairs, " ");
}

Text Cost(absl::string_view text) {
  CLEAT_ASSIGN_OR_RETURN(const auto parts,
                         SplitLast(text, "DEVICE:KEY=VALUE,..."));
  CLEAT_ASSIGN_OR_RETURN(const std::string pairs, Pairs(parts.second));
  CLEAT_ASSIGN_OR_RETURN(const std::string device, BlockDevice(parts.first));
  return absl::StrCat(device, " ", pairs);
}

Text Rdma(absl::string_view text) {
  CLEAT_ASSIGN_OR_RETURN(const auto parts,
                         SplitLast(text, "DEVICE:KEY=NUMBER,..."));
  CLEAT_ASSIGN_OR_RETURN(const std::string pairs, Pairs(parts.second));
  return absl::StrCat(parts.first, " ", pairs);
}

// The kernel names its files with "2MB" or "1GB", whatever the page size.
Text PageSize(absl::string_view text) {
  const absl::StatusOr<int64_t> size = ParseBytes(text);
  for (const auto& [unit, name] :
       {std::make_pair(30, "GB"), {20, "MB"}, {10, "KB"}}) {
    const int64_t count = size.value_or(0) >> unit;
    if (count > 0 && count << unit == *size) return absl::StrCat(count, name);
  }
  return Wrong(text, "a size of pages such as 2MB");
}

Text HugePages(absl::string_view text) {
  CLEAT_ASSIGN_OR_RETURN(const auto parts, SplitLast(text, "SIZE:LIMIT"));
  CLEAT_ASSIGN_OR_RETURN(const std::string size, PageSize(parts.first));
  CLEAT_ASSIGN_OR_RETURN(const int64_t limit, ParseBytes(parts.second));
  return absl::StrCat(size, " ", limit);
}

Text Resource(absl::string_view text) {
  CLEAT_ASSIGN_OR_RETURN(const auto parts, SplitLast(text, "RESOURCE:NUMBER"));
  CLEAT_ASSIGN_OR_RETURN(const int64_t limit, ParseCount(parts.second));
  return absl::StrCat(parts.first, " ",
                      limit < 0 ? "max" : absl::StrCat(limit));
}

Text Priority(absl::string_view text) {
  CLEAT_ASSIGN_OR_RETURN(const auto parts, SplitLast(text, "INTERFACE:NUMBER"));
  CLEAT_ASSIGN_OR_RETURN(const int64_t priority, ParseWhole(parts.second));
  return absl::StrCat(parts.first, " ", priority);
}

// tc(8): a class's handle is MAJOR:MINOR in hexadecimal, 16 bits each.
Text Class(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  uint32_t major = 0, minor = 0;
  if (parts.size() == 2 && absl::SimpleHexAtoi(parts[0], &major) &&
      absl::SimpleHexAtoi(parts[1], &minor) && major <= 0xffff &&
      minor <= 0xffff) {
    return absl::StrCat(major << 16 | minor);
  }
  uint32_t number = 0;
  const bool is_hex = absl::StartsWith(text, "0x");
  if (parts.size() == 1 && (is_hex ? absl::SimpleHexAtoi(text, &number)
                                   : absl::SimpleAtoi(text, &number))) {
    return absl::StrCat(number);
  }
  return Wrong(text, "a class such as 10:1 or 0x100001");
}

Text UnifiedFile(absl::string_view text) {
  const size_t equals = text.find('=');
  const absl::string_view file = text.substr(0, equals);
  if (equals == absl::string_view::npos || !IsWord(file) ||
      absl::StrContains(file, '/') || file.find('.') == 0 ||
      !absl::StrContains(file, '.')) {
    return Wrong(text, "FILE=VALUE, as memory.high=1g");
  }
  return std::string(text);
}

absl::Status Put(absl::string_view flag, Text (*normal)(absl::string_view),
                 Texts* texts) {
  for (std::string& text : *texts) {
    const Text result = normal(text);
    if (!result.ok()) {
      return absl::Status(result.status().code(),
                          absl::StrCat("check limits: ", flag, ": ",
                                       result.status().message()));
    }
    text = *result;
  }
  return absl::OkStatus();
}

using proto::CgroupSpec;

constexpr struct {
  const char* flag;
  Texts* (*texts)(CgroupSpec& spec);
  Text (*normal)(absl::string_view);
} kTexts[] = {
    {"blkio-weight-device",
     [](CgroupSpec& s) { return s.mutable_blkio_weight_device(); },
     WeightDevice},
    {"device-read-bps",
     [](CgroupSpec& s) { return s.mutable_device_read_bps(); }, BytesDevice},
    {"device-write-bps",
     [](CgroupSpec& s) { return s.mutable_device_write_bps(); }, BytesDevice},
    {"device-read-iops",
     [](CgroupSpec& s) { return s.mutable_device_read_iops(); }, CountDevice},
    {"device-write-iops",
     [](CgroupSpec& s) { return s.mutable_device_write_iops(); }, CountDevice},
    {"io-latency", [](CgroupSpec& s) { return s.mutable_io_latency(); },
     TimeDevice},
    {"io-cost", [](CgroupSpec& s) { return s.mutable_io_cost(); }, Cost},
    {"hugetlb", [](CgroupSpec& s) { return s.mutable_hugetlb(); }, HugePages},
    {"rdma", [](CgroupSpec& s) { return s.mutable_rdma(); }, Rdma},
    {"misc", [](CgroupSpec& s) { return s.mutable_misc(); }, Resource},
    {"net-prio", [](CgroupSpec& s) { return s.mutable_net_prio(); }, Priority},
    {"unified", [](CgroupSpec& s) { return s.mutable_unified(); }, UnifiedFile},
    {"set", [](CgroupSpec& s) { return s.mutable_files(); }, NormalFile},
};

// Whether a file's number is one of bytes: of memory on both versions.
bool CountsBytes(absl::string_view file) {
  constexpr absl::string_view kEnds[] = {".min", ".low",  ".high",
                                         ".max", ".peak", "_in_bytes"};
  const bool memory =
      absl::StartsWith(file, "memory.") || absl::StartsWith(file, "hugetlb.");
  return memory && std::any_of(std::begin(kEnds), std::end(kEnds),
                               [&](absl::string_view end) {
                                 return absl::EndsWith(file, end);
                               });
}

bool NamesDevices(absl::string_view file) {
  return absl::StartsWith(file, "io.") || absl::StartsWith(file, "blkio.");
}

// "1.5g" but not "max", and not "67108864", which is the kernel's own.
bool HasUnit(absl::string_view value) {
  return !value.empty() && absl::ascii_isdigit(value[0]) && !IsNumber(value);
}

Text Sizes(absl::string_view file, absl::string_view value) {
  if (!HasUnit(value)) return std::string(value);
  CLEAT_ASSIGN_OR_RETURN(const int64_t number, CountsBytes(file)
                                                   ? ParseBytes(value)
                                                   : ParseDuration(value));
  return absl::StrCat(number);
}

// "/dev/sda rbps=1m": the device, and what its keys count.
Text DeviceLine(absl::string_view file, absl::string_view value) {
  std::vector<std::string> words =
      absl::StrSplit(value, ' ', absl::SkipEmpty());
  if (words.empty()) return std::string(value);
  if (words[0][0] == '/') {
    CLEAT_ASSIGN_OR_RETURN(words[0], BlockDevice(words[0]));
  }
  for (size_t i = 1; i < words.size(); ++i) {
    const size_t equals = words[i].find('=') + 1;
    const std::string number = words[i].substr(equals);
    const bool bytes = absl::StrContains(equals > 0 ? words[i] : file, "bps");
    if (!HasUnit(number) || !bytes) continue;
    CLEAT_ASSIGN_OR_RETURN(const int64_t size, ParseBytes(number));
    words[i] = absl::StrCat(words[i].substr(0, equals), size);
  }
  return absl::StrJoin(words, " ");
}

}  // namespace

Text NormalFile(absl::string_view text) {
  CLEAT_RETURN_IF_ERROR(UnifiedFile(text).status());
  const size_t equals = text.find('=');
  const absl::string_view file = text.substr(0, equals);
  const absl::string_view value = text.substr(equals + 1);
  Text normal = std::string(value);
  if (NamesDevices(file)) {
    normal = DeviceLine(file, value);
  } else if (CountsBytes(file) || absl::EndsWith(file, "_us")) {
    normal = Sizes(file, value);
  }
  if (!normal.ok()) {
    return absl::Status(normal.status().code(),
                        absl::StrCat(file, ": ", normal.status().message()));
  }
  return absl::StrCat(file, "=", *normal);
}

Text BlockDevice(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() == 2 && IsNumber(parts[0]) && IsNumber(parts[1])) {
    return std::string(text);
  }
  const std::string path(text);
  struct stat info;
  if (!absl::StartsWith(text, "/")) {
    return Wrong(text, "the path of a block device or MAJOR:MINOR");
  }
  if (stat(path.c_str(), &info) != 0) return sys::ErrnoError("'", text, "'");
  if (!S_ISBLK(info.st_mode)) return Wrong(text, "a block device");
  return absl::StrCat(major(info.st_rdev), ":", minor(info.st_rdev));
}

absl::StatusOr<CgroupSpec> Normalize(const CgroupSpec& spec) {
  CgroupSpec normal = spec;
  for (const auto& row : kTexts) {
    CLEAT_RETURN_IF_ERROR(Put(row.flag, row.normal, row.texts(normal)));
  }
  if (spec.has_net_cls()) {
    const Text number = Class(spec.net_cls());
    if (!number.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("check limits: net-cls: ", number.status().message()));
    }
    normal.set_net_cls(*number);
  }
  return normal;
}

}  // namespace cleat::cgroup
