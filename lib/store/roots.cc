#include "lib/store/roots.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

std::string RootsOf(const std::string& store) {
  return absl::StrCat(store, "/cleat-roots");
}

// The links there are, as paths.
std::vector<std::string> Links(const std::string& store) {
  std::vector<std::string> links;
  const std::string directory = RootsOf(store);
  const auto names = sys::ListDirectory(directory);
  if (!names.ok()) return links;
  for (const std::string& name : *names) {
    links.push_back(absl::StrCat(directory, "/", name));
  }
  return links;
}

bool LeadsSomewhere(const std::string& link) {
  struct stat info;
  return stat(link.c_str(), &info) == 0;
}

}  // namespace

absl::Status RecordRoot(const std::string& store, const std::string& file) {
  if (access(store.c_str(), W_OK) != 0) return absl::OkStatus();
  std::array<char, PATH_MAX> path;
  if (realpath(file.c_str(), path.data()) == nullptr) {
    return sys::ErrnoError("resolve ", file);
  }
  const std::string directory = RootsOf(store);
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return sys::ErrnoError("make directory ", directory);
  }
  const std::string link =
      absl::StrCat(directory, "/", digest::Sha256Of(path.data()).substr(7));
  if (symlink(path.data(), link.c_str()) == 0 || errno == EEXIST) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("make link ", link);
}

std::vector<std::string> ReadRoots(const std::string& store) {
  std::vector<std::string> files;
  for (const std::string& link : Links(store)) {
    std::array<char, PATH_MAX> path;
    const ssize_t size = readlink(link.c_str(), path.data(), path.size());
    if (size > 0 && LeadsSomewhere(link)) {
      files.emplace_back(path.data(), static_cast<size_t>(size));
    }
  }
  return files;
}

void ForgetGoneRoots(const std::string& store) {
  for (const std::string& link : Links(store)) {
    if (!LeadsSomewhere(link) && errno == ENOENT) unlink(link.c_str());
  }
}

}  // namespace cleat::store
