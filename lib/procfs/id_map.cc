#include "lib/procfs/id_map.h"

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::procfs {
namespace {

constexpr size_t kFileLimit = size_t{64} << 10;  // 340 lines at most

bool Fits(uint32_t first, uint32_t count) {
  return uint64_t{first} + count <= uint64_t{UINT32_MAX} + 1;
}

bool ParseLine(absl::string_view line, IdRange& range) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  return words.size() == 3 && absl::SimpleAtoi(words[0], &range.inside) &&
         absl::SimpleAtoi(words[1], &range.outside) &&
         absl::SimpleAtoi(words[2], &range.count) && range.count > 0 &&
         Fits(range.inside, range.count) && Fits(range.outside, range.count);
}

}  // namespace

absl::StatusOr<std::vector<IdRange>> ParseIdMap(absl::string_view text) {
  std::vector<IdRange> map;
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (!ParseLine(line, map.emplace_back())) {
      return absl::InvalidArgumentError(absl::StrCat(
          "parse id map: line ", map.size(), " is malformed: ", line));
    }
  }
  return map;
}

absl::StatusOr<std::vector<IdRange>> ReadIdMap(absl::string_view file,
                                               const std::string& proc,
                                               absl::string_view process) {
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      sys::ReadFile(absl::StrCat(proc, "/", process, "/", file), kFileLimit));
  return ParseIdMap(text);
}

absl::optional<uint32_t> MapOut(const std::vector<IdRange>& map,
                                uint32_t inside) {
  for (const IdRange& range : map) {
    const uint32_t offset = inside - range.inside;
    if (inside >= range.inside && offset < range.count) {
      return range.outside + offset;
    }
  }
  return absl::nullopt;
}

absl::optional<uint32_t> MapIn(const std::vector<IdRange>& map,
                               uint32_t outside) {
  for (const IdRange& range : map) {
    const uint32_t offset = outside - range.outside;
    if (outside >= range.outside && offset < range.count) {
      return range.inside + offset;
    }
  }
  return absl::nullopt;
}

}  // namespace cleat::procfs
