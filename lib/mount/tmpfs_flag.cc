#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/mount/user_mount.h"

namespace cleat::mount {
namespace {

// What Docker mounts a tmpfs with, and the words that say otherwise.
constexpr struct {
  absl::string_view word;
  absl::string_view opposite;
} kDefaults[] = {{"noexec", "exec"}, {"nosuid", "suid"}, {"nodev", "dev"}};

// tmpfs(5); the kernel checks the values when it mounts.
constexpr absl::string_view kParameters[] = {
    "size", "nr_blocks", "nr_inodes", "mode", "uid", "gid", "huge", "mpol"};

bool Has(const UserMount& mount, absl::string_view word) {
  return std::find(mount.options.begin(), mount.options.end(), word) !=
         mount.options.end();
}

absl::Status SetWord(absl::string_view word, UserMount* mount) {
  const absl::string_view name = word.substr(0, word.find('='));
  const bool parameter =
      word.size() > name.size() + 1 &&
      std::find(std::begin(kParameters), std::end(kParameters), name) !=
          std::end(kParameters);
  if (word == "ro") {
    mount->read_only = UserMount::ReadOnly::kThisOnly;
  } else if (parameter || word == "noswap" || IsMountWord(word)) {
    mount->options.push_back(std::string(word));
  } else if (word != "rw" && !SetPropagation(word, mount).ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("option '", word, "': there is no such option"));
  }
  return absl::OkStatus();
}

}  // namespace

void AddTmpfsDefaults(UserMount* mount) {
  for (const auto& entry : kDefaults) {
    if (Has(*mount, entry.word) || Has(*mount, entry.opposite)) continue;
    mount->options.push_back(std::string(entry.word));
  }
}

absl::StatusOr<UserMount> ParseTmpfsFlag(absl::string_view text) {
  const size_t colon = text.find(':');
  UserMount mount;
  mount.type = UserMount::Type::kTmpfs;
  CLEAT_ASSIGN_OR_RETURN(mount.target, CleanTarget(text.substr(0, colon)));
  if (colon != absl::string_view::npos) {
    for (const absl::string_view word :
         absl::StrSplit(text.substr(colon + 1), ',', absl::SkipEmpty())) {
      CLEAT_RETURN_IF_ERROR(SetWord(word, &mount));
    }
  }
  AddTmpfsDefaults(&mount);
  return mount;
}

}  // namespace cleat::mount
