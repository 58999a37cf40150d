#include "lib/journal/names.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::journal {
namespace {

constexpr size_t kMinPrefix = 8;

}  // namespace

bool IsName(absl::string_view text) {
  if (text.empty() || text.size() > 128 || !absl::ascii_isalnum(text[0])) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
           c == '.' || c == '-';
  });
}

std::string NamePath(const std::string& root, const std::string& name) {
  return absl::StrCat(root, "/names/", name);
}

absl::StatusOr<std::string> ReadNameLink(const std::string& path) {
  char target[256];
  const ssize_t size = readlink(path.c_str(), target, sizeof(target));
  if (size < 0) return sys::ErrnoError("read link ", path);
  return std::string(target, static_cast<size_t>(size));
}

bool IsId(absl::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

absl::StatusOr<std::vector<std::string>> List(const std::string& root) {
  absl::StatusOr<std::vector<std::string>> names = sys::ListDirectory(root);
  if (absl::IsNotFound(names.status())) return std::vector<std::string>();
  if (!names.ok()) return names.status();
  names->erase(std::remove_if(names->begin(), names->end(),
                              [](const std::string& n) { return !IsId(n); }),
               names->end());
  return names;
}

absl::StatusOr<std::string> Resolve(const std::string& root,
                                    const std::string& reference) {
  if (IsName(reference)) {
    const absl::StatusOr<std::string> id =
        ReadNameLink(NamePath(root, reference));
    if (id.ok() && sys::Exists(absl::StrCat(root, "/", *id))) return *id;
  }
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> ids, List(root));
  std::vector<std::string> found;
  for (const std::string& id : ids) {
    if (reference.size() >= kMinPrefix && absl::StartsWith(id, reference)) {
      found.push_back(id);
    }
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("container '", reference,
                     "': several ids begin so: ", absl::StrJoin(found, " ")));
  }
  return absl::NotFoundError(
      absl::StrCat("container '", reference,
                   "': none has this name or id (container-list "
                   "shows them)"));
}

}  // namespace cleat::journal
