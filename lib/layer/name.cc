#include "lib/layer/name.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace cleat::layer {
namespace {

using absl::string_view;

constexpr char kWhiteout[] = ".wh.";
constexpr char kMeta[] = ".wh..wh.";
constexpr char kOpaque[] = ".wh..wh..opq";

// PATH_MAX with its NUL: the kernel takes no longer path.
constexpr size_t kMaxName = 4095;

// Applies the components of `path` to `parts`. False when ".." leads out.
bool Walk(string_view path, std::vector<string_view>* parts) {
  for (const string_view part : absl::StrSplit(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts->push_back(part);
    } else if (parts->empty()) {
      return false;
    } else {
      parts->pop_back();
    }
  }
  return true;
}

// Most names are clean but for a "/" at the end.
bool IsClean(string_view name) {
  return !absl::StartsWith(name, "/") && !absl::StartsWith(name, ".") &&
         !absl::StrContains(name, "//") && !absl::StrContains(name, "/.");
}

}  // namespace

absl::StatusOr<std::string> CleanName(string_view name) {
  if (name.empty()) return absl::InvalidArgumentError("it has no name");
  if (absl::StrContains(name, '\0')) {
    return absl::InvalidArgumentError("its name contains a NUL");
  }
  if (name.size() > kMaxName) {
    return absl::InvalidArgumentError(
        absl::StrCat("its name is longer than ", kMaxName, " bytes"));
  }
  if (IsClean(name)) return std::string(absl::StripSuffix(name, "/"));
  std::vector<string_view> parts;
  if (!Walk(name, &parts)) {
    return absl::InvalidArgumentError("its name leads out of the root");
  }
  return absl::StrJoin(parts, "/");
}

bool LeadsOut(string_view parent, string_view target) {
  if (absl::StartsWith(target, "/")) parent = "";
  if (!absl::StrContains(target, "..")) return false;
  std::vector<string_view> parts;
  Walk(parent, &parts);
  // At the root of the container ".." of an absolute target is the root again.
  return !Walk(target, &parts) && !absl::StartsWith(target, "/");
}

SplitName Split(string_view clean_name) {
  const size_t slash = clean_name.rfind('/');
  if (slash == string_view::npos) return {"", clean_name};
  return {clean_name.substr(0, slash), clean_name.substr(slash + 1)};
}

Meaning MeaningOf(string_view clean_name) {
  const SplitName name = Split(clean_name);
  if (absl::StartsWith(name.parent, kMeta) ||
      absl::StrContains(name.parent, "/.wh..wh.")) {
    return Meaning::kIgnored;
  }
  if (!absl::StartsWith(name.base, kWhiteout)) return Meaning::kEntry;
  if (name.base == kOpaque) return Meaning::kOpaque;
  if (absl::StartsWith(name.base, kMeta)) return Meaning::kIgnored;
  return Meaning::kWhiteout;
}

absl::StatusOr<string_view> WhiteoutTarget(string_view base) {
  const string_view target = absl::StripPrefix(base, kWhiteout);
  if (target.empty() || target == "." || target == "..") {
    return absl::InvalidArgumentError("a whiteout of nothing");
  }
  return target;
}

std::string Quoted(string_view name) {
  return absl::StrCat("'", absl::Utf8SafeCHexEscape(name.substr(0, 300)), "'");
}

}  // namespace cleat::layer
