#include "lib/ns/id_map.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"

namespace cleat::ns {
namespace {

constexpr IdKindNames kNames[] = {
    {"user", "uid_map", "newuidmap", "/etc/subuid"},
    {"group", "gid_map", "newgidmap", "/etc/subgid"},
};

// One past the last; no id is 2^32-1.
uint64_t End(uint32_t first, uint32_t count) { return uint64_t{first} + count; }
bool Fits(uint32_t first, uint32_t count) {
  return End(first, count) <= UINT32_MAX;
}

template <typename... Text>
absl::Status Wrong(IdKind kind, const Text&... text) {
  return absl::InvalidArgumentError(
      absl::StrCat(NamesOf(kind).noun, " id map: ", text...));
}

absl::Status CheckRanges(IdKind kind, const IdMap& map) {
  for (const IdRange& range : map) {
    if (range.count == 0) {
      return Wrong(kind, FormatIdRange(range), " has no ids");
    }
    if (!Fits(range.inside, range.count) || !Fits(range.outside, range.count)) {
      return Wrong(kind, FormatIdRange(range), " reaches beyond 4294967294");
    }
  }
  return absl::OkStatus();
}

// `first` is &IdRange::inside or &IdRange::outside.
absl::Status CheckOverlap(IdKind kind, IdMap map, uint32_t IdRange::*first,
                          absl::string_view side) {
  std::sort(map.begin(), map.end(), [&](const IdRange& a, const IdRange& b) {
    return a.*first < b.*first;
  });
  for (size_t i = 1; i < map.size(); ++i) {
    if (map[i].*first < End(map[i - 1].*first, map[i - 1].count)) {
      return Wrong(kind, FormatIdRange(map[i - 1]), " and ",
                   FormatIdRange(map[i]), " overlap ", side);
    }
  }
  return absl::OkStatus();
}

bool Has(const IdMap& parent, const IdRange& range) {
  return std::any_of(parent.begin(), parent.end(), [&](const IdRange& outer) {
    return outer.inside <= range.outside &&
           End(range.outside, range.count) <= End(outer.inside, outer.count);
  });
}

absl::Status CheckParent(IdKind kind, const IdMap& map, const IdMap& parent) {
  for (const IdRange& range : map) {
    if (Has(parent, range)) continue;
    return Wrong(kind, FormatIdRange(range), ": no one range of ",
                 "/proc/self/", NamesOf(kind).map_file, " has the outside ids ",
                 range.outside, " to ", End(range.outside, range.count) - 1);
  }
  return absl::OkStatus();
}

absl::Status CheckSize(IdKind kind, const IdMap& map) {
  if (map.size() > kMaxIdRanges) {
    return Wrong(kind, map.size(), " ranges: the kernel takes at most ",
                 kMaxIdRanges);
  }
  const size_t bytes = FormatIdMap(map).size();
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  if (bytes < page) return absl::OkStatus();
  return Wrong(kind, bytes, " bytes: the kernel takes it in one write of less ",
               "than ", page, " (fewer or shorter ranges)");
}

struct Span {
  uint32_t first;
  uint32_t count;
};

// What is left of `span` without `id`: nothing, or one or two spans.
std::vector<Span> Without(Span span, uint32_t id) {
  const uint32_t offset = id - span.first;
  if (id < span.first || offset >= span.count) return {span};
  std::vector<Span> left;
  if (offset > 0) left.push_back({span.first, offset});
  const uint32_t rest = span.count - offset - 1;
  if (rest > 0) left.push_back({id + 1, rest});
  return left;
}

// Maps the ids of `inside` to those of `outside` in turn, as far as both go.
void AppendInTurn(const std::vector<Span>& inside, std::vector<Span> outside,
                  IdMap* map) {
  auto to = outside.begin();
  for (Span from : inside) {
    while (from.count > 0 && to != outside.end()) {
      const uint32_t count = std::min(from.count, to->count);
      map->push_back({from.first, to->first, count});
      from = {from.first + count, from.count - count};
      *to = {to->first + count, to->count - count};
      if (to->count == 0) ++to;
    }
  }
}

}  // namespace

const IdKindNames& NamesOf(IdKind kind) {
  return kNames[static_cast<int>(kind)];
}

absl::StatusOr<IdRange> ParseIdRange(absl::string_view text) {
  const bool old_form = absl::StrContains(text, ',');
  const std::vector<absl::string_view> parts =
      absl::StrSplit(text, old_form ? ',' : ':');
  IdRange range{0, 0, 1};
  if (parts.size() > 3 || parts.size() < (old_form ? 3 : 2) ||
      !absl::SimpleAtoi(parts[old_form ? 1 : 0], &range.inside) ||
      !absl::SimpleAtoi(parts[old_form ? 0 : 1], &range.outside) ||
      (parts.size() == 3 && !absl::SimpleAtoi(parts[2], &range.count))) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is no INSIDE:OUTSIDE:COUNT"));
  }
  if (range.count == 0 || !Fits(range.inside, range.count) ||
      !Fits(range.outside, range.count)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", text,
        "': ", range.count == 0 ? "has no ids" : "reaches beyond 4294967294"));
  }
  return range;
}

std::string FormatIdRange(const IdRange& range) {
  return absl::StrCat(range.inside, ":", range.outside, ":", range.count);
}

std::string FormatIdMap(const IdMap& map) {
  return absl::StrJoin(map, "", [](std::string* out, const IdRange& range) {
    absl::StrAppend(out, range.inside, " ", range.outside, " ", range.count,
                    "\n");
  });
}

absl::Status CheckIdMap(IdKind kind, const IdMap& map, const IdMap& parent) {
  CLEAT_RETURN_IF_ERROR(CheckRanges(kind, map));
  CLEAT_RETURN_IF_ERROR(CheckOverlap(kind, map, &IdRange::inside, "inside"));
  CLEAT_RETURN_IF_ERROR(CheckOverlap(kind, map, &IdRange::outside, "outside"));
  CLEAT_RETURN_IF_ERROR(CheckSize(kind, map));
  return CheckParent(kind, map, parent);
}

void AddSingleId(uint32_t inside, uint32_t outside, IdMap* map) {
  IdMap result = {{inside, outside, 1}};
  for (const IdRange& range : *map) {
    AppendInTurn(Without({range.inside, range.count}, inside),
                 Without({range.outside, range.count}, outside), &result);
  }
  *map = std::move(result);
}

}  // namespace cleat::ns
