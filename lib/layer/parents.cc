#include "lib/layer/parents.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/layer/name.h"
#include "lib/layer/overlay.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::layer {
namespace {

absl::Status NoDirectory(absl::string_view name) {
  return absl::InvalidArgumentError(
      absl::StrCat("its parent ", Quoted(name), " is no directory"));
}

}  // namespace

int Parents::FindCached(absl::string_view name) {
  for (size_t i = 0; i < cache_.size(); ++i) {
    if (!cache_[i].fd.valid() || cache_[i].name != name) continue;
    last_ = i;
    return cache_[i].fd.get();
  }
  return -1;
}

int Parents::Keep(std::string name, sys::Fd fd) {
  if (next_ == last_) next_ = (next_ + 1) % cache_.size();
  last_ = next_;
  next_ = (next_ + 1) % cache_.size();
  cache_[last_] = {std::move(name), std::move(fd)};
  return cache_[last_].fd.get();
}

void Parents::Forget(int keep) {
  for (Cached& cached : cache_) {
    if (cached.fd.get() != keep) cached.fd.Reset();
  }
}

absl::StatusOr<sys::Fd> Parents::Resolve(const std::string& name) const {
  return sys::OpenResolved(root_, name.empty() ? "." : name,
                           O_RDONLY | O_DIRECTORY,
                           RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

absl::StatusOr<int> Parents::OpenExisting(absl::string_view name) {
  if (const int cached = FindCached(name); cached >= 0) return cached;
  std::string path(name);
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, Resolve(path));
  return Keep(std::move(path), std::move(fd));
}

absl::StatusOr<int> Parents::Open(absl::string_view name) {
  if (const int cached = FindCached(name); cached >= 0) return cached;
  std::string path(name);
  absl::StatusOr<sys::Fd> fd = Resolve(path);
  // A file in the way may be a whiteout, which gives way. (ENOTDIR has no
  // code of its own, so Make finds out.)
  if (!fd.ok()) fd = Make(path);
  if (!fd.ok()) return fd.status();
  return Keep(std::move(path), *std::move(fd));
}

// Goes down the path and makes what is missing of it.
absl::StatusOr<sys::Fd> Parents::Make(const std::string& name) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd parent, Resolve(""));
  for (size_t end = 0, begin = 0; end != std::string::npos; begin = end + 1) {
    end = name.find('/', begin);
    const std::string path = name.substr(0, end);
    absl::StatusOr<sys::Fd> fd = Resolve(path);
    if (!fd.ok()) {
      CLEAT_RETURN_IF_ERROR(MakeOne(parent.get(), path.substr(begin), path));
      fd = Resolve(path);
    }
    if (!fd.ok()) return fd.status();
    parent = *std::move(fd);
  }
  return parent;
}

absl::Status Parents::MakeOne(int parent, const std::string& base,
                              const std::string& name) {
  if (mkdirat(parent, base.c_str(), 0755) == 0) return implied_(name);
  if (errno != EEXIST) return sys::ErrnoError("make parent ", Quoted(name));
  if (form_.plain || !IsWhiteout(parent, base)) return NoDirectory(name);
  CLEAT_RETURN_IF_ERROR(ReplaceWhiteoutByDirectory(parent, base, form_));
  return implied_(name);
}

}  // namespace cleat::layer
