#include "lib/layer/xattrs.h"

#include <errno.h>
#include <limits.h>
#include <sys/xattr.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/layer/overlay.h"
#include "lib/sys/errno.h"

namespace cleat::layer {
namespace {

bool IsPacked(absl::string_view xattr) {
  return (xattr == "security.capability" || absl::StartsWith(xattr, "user.")) &&
         !IsOverlayXattr(xattr);
}

}  // namespace

absl::StatusOr<std::vector<tar::Xattr>> ReadXattrs(const std::string& path,
                                                   Links links) {
  const auto list_names = links == Links::kFollowed ? listxattr : llistxattr;
  const auto get_value = links == Links::kFollowed ? getxattr : lgetxattr;
  std::vector<tar::Xattr> xattrs;
  char list[XATTR_LIST_MAX];
  const ssize_t size = list_names(path.c_str(), list, sizeof(list));
  if (size < 0 && errno == ENOTSUP) return xattrs;
  if (size < 0) return sys::ErrnoError("list xattrs");
  const absl::string_view names(list, static_cast<size_t>(size));
  for (const absl::string_view name :
       absl::StrSplit(names, '\0', absl::SkipEmpty())) {
    if (!IsPacked(name)) continue;
    std::string value(XATTR_SIZE_MAX, '\0');
    const ssize_t length = get_value(path.c_str(), std::string(name).c_str(),
                                     &value[0], value.size());
    if (length < 0) return sys::ErrnoError("read xattr ", name);
    value.resize(static_cast<size_t>(length));
    xattrs.push_back({std::string(name), std::move(value)});
  }
  std::sort(
      xattrs.begin(), xattrs.end(),
      [](const tar::Xattr& a, const tar::Xattr& b) { return a.name < b.name; });
  return xattrs;
}

}  // namespace cleat::layer
