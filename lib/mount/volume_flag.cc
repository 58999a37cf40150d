#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/mount/user_mount.h"

namespace cleat::mount {
namespace {

using ReadOnly = UserMount::ReadOnly;

// Words without effect here: SELinux labels, Docker Desktop's caching, and what
// is so anyway. A bind's "rw" takes nothing away from a source that is mounted
// read-only on the host.
constexpr absl::string_view kAccepted[] = {
    "rw", "z", "Z", "consistent", "cached", "delegated", "rbind"};

bool IsPath(absl::string_view source) {
  return absl::StrContains(source, '/') || source == "." || source == "..";
}

bool IsAccepted(absl::string_view word) {
  return std::find(std::begin(kAccepted), std::end(kAccepted), word) !=
         std::end(kAccepted);
}

absl::Status SetReadOnly(absl::string_view word, UserMount* mount) {
  if (mount->read_only != ReadOnly::kNo) {
    return absl::InvalidArgumentError("read-only is said twice");
  }
  mount->read_only =
      word == "rro" ? ReadOnly::kRecursive : ReadOnly::kWherePossible;
  return absl::OkStatus();
}

absl::Status SetWord(absl::string_view word, UserMount* mount) {
  if (word == "ro" || word == "rro") return SetReadOnly(word, mount);
  if (IsAccepted(word)) return absl::OkStatus();
  if (IsMountWord(word)) {
    mount->options.push_back(std::string(word));
    return absl::OkStatus();
  }
  if (word == "bind") {
    mount->recursive = false;
    return absl::OkStatus();
  }
  if (word == "nocopy") {
    mount->no_copy = true;
    return absl::OkStatus();
  }
  if (word == "idmap") return ParseIdmap("", mount);
  if (absl::ConsumePrefix(&word, "idmap=")) return ParseIdmap(word, mount);
  if (SetPropagation(word, mount).ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("option '", word, "': there is no such option"));
}

absl::Status SetWords(absl::string_view text, UserMount* mount) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ',');
  const auto has = [&](absl::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (has("rw") && (has("ro") || has("rro"))) {
    return absl::InvalidArgumentError("options rw and ro contradict");
  }
  for (const absl::string_view word : words) {
    CLEAT_RETURN_IF_ERROR(SetWord(word, mount));
  }
  return absl::OkStatus();
}

absl::Status SetSource(absl::string_view source, UserMount* mount) {
  mount->source = std::string(source);
  if (IsPath(source) && !absl::StrContains(source, '\0')) {
    mount->type = UserMount::Type::kBind;
    mount->make_source = true;
    return absl::OkStatus();
  }
  if (IsVolumeName(source)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "source '", source, "': neither a path nor a volume's name"));
}

}  // namespace

absl::StatusOr<UserMount> ParseVolumeFlag(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() > 3) {
    return absl::InvalidArgumentError("give SOURCE:TARGET[:OPTIONS]");
  }
  UserMount mount;
  // A target alone is a volume without a name.
  if (parts.size() > 1) CLEAT_RETURN_IF_ERROR(SetSource(parts[0], &mount));
  CLEAT_ASSIGN_OR_RETURN(mount.target,
                         CleanTarget(parts[parts.size() > 1 ? 1 : 0]));
  if (parts.size() > 2) CLEAT_RETURN_IF_ERROR(SetWords(parts[2], &mount));
  return mount;
}

}  // namespace cleat::mount
