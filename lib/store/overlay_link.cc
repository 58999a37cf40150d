#include "lib/store/overlay_link.h"

#include <stdlib.h>
#include <unistd.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/store/layer_record.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

constexpr size_t kLinkSize = 26;
constexpr char kBase32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

}  // namespace

std::string NewLink() {
  const std::string digits = RandomId();
  std::string link;
  for (size_t i = 0; i < kLinkSize; ++i) {
    const std::string byte = digits.substr(2 * i, 2);
    link += kBase32[strtoul(byte.c_str(), nullptr, 16) % 32];
  }
  return link;
}

bool IsLink(absl::string_view name) {
  return name.size() == kLinkSize &&
         name.find_first_not_of(kBase32) == absl::string_view::npos;
}

std::string ReadLink(const std::string& layer) {
  absl::StatusOr<std::string> link = sys::ReadFile(layer + "/link", 64);
  return link.ok() && IsLink(*link) ? *link : "";
}

absl::StatusOr<std::string> LowerAbove(const Paths& paths,
                                       absl::string_view parent) {
  CLEAT_ASSIGN_OR_RETURN(const std::string cache_id,
                         ReadCacheId(paths, parent));
  const std::string layer = paths.Cache(cache_id);
  const std::string link = ReadLink(layer);
  if (link.empty()) {
    return absl::DataLossError(absl::StrCat(
        "read ", layer, "/link: is no short name: the store is damaged"));
  }
  absl::StatusOr<std::string> lower = sys::ReadFile(layer + "/lower");
  if (absl::IsNotFound(lower.status())) return absl::StrCat("l/", link);
  if (!lower.ok()) return lower.status();
  return absl::StrCat("l/", link, ":", *lower);
}

std::string LinkTarget(const Paths& paths, const std::string& link) {
  std::array<char, 256> target;
  const ssize_t size =
      readlink(paths.Link(link).c_str(), target.data(), target.size());
  return size < 0 ? "" : std::string(target.data(), static_cast<size_t>(size));
}

absl::Status MakeLink(const Paths& paths, const std::string& link,
                      absl::string_view cache_id) {
  const std::string target = absl::StrCat("../", cache_id, "/diff");
  if (symlink(target.c_str(), paths.Link(link).c_str()) == 0) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("make link ", paths.Link(link));
}

void RemoveLink(const Paths& paths, const std::string& layer) {
  const std::string link = ReadLink(layer);
  if (!link.empty()) unlink(paths.Link(link).c_str());
}

}  // namespace cleat::store
