#include "lib/mount/options.h"

#include <sys/mount.h>

#include "absl/status/status.h"
#include "lib/base/status_macros.h"

namespace cleat::mount {
namespace {

// One word of the mount's own: what it sets and clears. With an "r" before
// it, it holds for the mounts below, too.
struct AttributeWord {
  absl::string_view name;
  uint64_t set;
  uint64_t clear;
};

constexpr AttributeWord kAttributeWords[] = {
    {"ro", MOUNT_ATTR_RDONLY, 0},
    {"rw", 0, MOUNT_ATTR_RDONLY},
    {"nosuid", MOUNT_ATTR_NOSUID, 0},
    {"suid", 0, MOUNT_ATTR_NOSUID},
    {"nodev", MOUNT_ATTR_NODEV, 0},
    {"dev", 0, MOUNT_ATTR_NODEV},
    {"noexec", MOUNT_ATTR_NOEXEC, 0},
    {"exec", 0, MOUNT_ATTR_NOEXEC},
    {"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    {"diratime", 0, MOUNT_ATTR_NODIRATIME},
    {"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"norelatime", 0, MOUNT_ATTR__ATIME},
    {"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    {"atime", 0, MOUNT_ATTR__ATIME},
    {"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"nostrictatime", 0, MOUNT_ATTR__ATIME},
    {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW},
    {"defaults", 0, 0},
};

struct PropagationWord {
  absl::string_view name;
  uint64_t flags;
};

constexpr PropagationWord kPropagationWords[] = {
    {"private", MS_PRIVATE},       {"rprivate", MS_PRIVATE | MS_REC},
    {"slave", MS_SLAVE},           {"rslave", MS_SLAVE | MS_REC},
    {"shared", MS_SHARED},         {"rshared", MS_SHARED | MS_REC},
    {"unbindable", MS_UNBINDABLE}, {"runbindable", MS_UNBINDABLE | MS_REC},
};

// The access times are one field: mount_setattr(2) wants it cleared as a whole
// before any of it is set.
void Apply(const AttributeWord& word, uint64_t* set, uint64_t* clear) {
  *set = (*set & ~word.clear) | word.set;
  *clear = (*clear & ~(word.set & ~uint64_t{MOUNT_ATTR__ATIME})) | word.clear;
}

bool ApplyAttribute(absl::string_view name, Options* options) {
  for (const AttributeWord& word : kAttributeWords) {
    if (name == word.name) {
      Apply(word, &options->set, &options->clear);
      return true;
    }
    if (name.size() > 1 && name[0] == 'r' && name.substr(1) == word.name) {
      Apply(word, &options->recursive_set, &options->recursive_clear);
      return true;
    }
  }
  return false;
}

bool ApplyPropagation(absl::string_view name, Options* options) {
  for (const PropagationWord& word : kPropagationWords) {
    if (name != word.name) continue;
    options->propagation = word.flags;
    return true;
  }
  return false;
}

bool ApplyBind(absl::string_view name, Options* options) {
  if (name != "bind" && name != "rbind") return false;
  options->bind = true;
  options->recursive_bind = name == "rbind";
  return true;
}

bool ApplyIdmap(absl::string_view name, Options* options) {
  if (name != "idmap" && name != "ridmap") return false;
  options->idmap = true;
  options->recursive_idmap = name == "ridmap";
  return true;
}

// "size=64m" is a key with a value, "newinstance" a flag.
void AddParameter(absl::string_view text, Options* options) {
  const size_t equals = text.find('=');
  Options::Parameter parameter;
  parameter.key = std::string(text.substr(0, equals));
  parameter.is_flag = equals == absl::string_view::npos;
  if (!parameter.is_flag) {
    parameter.value = std::string(text.substr(equals + 1));
  }
  options->parameters.push_back(parameter);
}

}  // namespace

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& options) {
  Options parsed;
  for (const std::string& option : options) {
    if (option.empty() || option[0] == '=') {
      return absl::InvalidArgumentError("mount options: one has no name");
    }
    if (!ApplyBind(option, &parsed) && !ApplyIdmap(option, &parsed) &&
        !ApplyPropagation(option, &parsed) &&
        !ApplyAttribute(option, &parsed)) {
      AddParameter(option, &parsed);
    }
  }
  return parsed;
}

}  // namespace cleat::mount
