#include "lib/stage/anchor.h"

#include <limits.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"

namespace cleat::stage {
namespace {

bool NamesNoFile(absl::string_view value) {
  return value.empty() || value == "unconfined" || value == "builtin";
}

absl::Status AnchorProfile(std::string& option) {
  constexpr absl::string_view kKey = "seccomp";
  absl::string_view value = option;
  const bool seccomp = absl::StartsWith(option, "seccomp=") ||
                       absl::StartsWith(option, "seccomp:");
  value.remove_prefix(seccomp ? kKey.size() + 1 : value.size());
  if (NamesNoFile(value)) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const std::string path, Absolute(value));
  option = absl::StrCat(kKey, "=", path);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> Absolute(absl::string_view path) {
  if (absl::StartsWith(path, "/")) return std::string(path);
  char directory[PATH_MAX];
  if (getcwd(directory, sizeof(directory)) == nullptr) {
    return sys::ErrnoError("find the working directory");
  }
  return absl::StrCat(directory, "/", path);
}

absl::Status AnchorFiles(proto::ProcessSpec* spec) {
  for (std::string& path : *spec->mutable_env_file()) {
    CLEAT_ASSIGN_OR_RETURN(path, Absolute(path));
  }
  for (std::string& option : *spec->mutable_security_opt()) {
    CLEAT_RETURN_IF_ERROR(AnchorProfile(option));
  }
  return absl::OkStatus();
}

}  // namespace cleat::stage
