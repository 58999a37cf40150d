#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/mount/csv.h"
#include "lib/mount/user_mount.h"

namespace cleat::mount {
namespace {

using Type = UserMount::Type;
using ReadOnly = UserMount::ReadOnly;

constexpr struct {
  absl::string_view name;
  Type type;
} kTypes[] = {
    {"bind", Type::kBind}, {"volume", Type::kVolume}, {"tmpfs", Type::kTmpfs}};

constexpr unsigned kBind = 1u << static_cast<unsigned>(Type::kBind);
constexpr unsigned kVolume = 1u << static_cast<unsigned>(Type::kVolume);
constexpr unsigned kTmpfs = 1u << static_cast<unsigned>(Type::kTmpfs);
constexpr unsigned kAny = kBind | kVolume | kTmpfs;

// What is gathered before it can be judged as a whole.
struct Draft {
  UserMount mount;
  bool read_only = false;
  std::string recursion = "enabled";
};

// As Go's strconv.ParseBool, in the forms that people write.
absl::StatusOr<bool> ParseBool(absl::string_view value) {
  const std::string lower = absl::AsciiStrToLower(value);
  if (lower == "true" || lower == "1") return true;
  if (lower == "false" || lower == "0") return false;
  return absl::InvalidArgumentError("give true or false");
}

absl::Status SetSource(absl::string_view value, Draft& draft) {
  if (value.empty() || absl::StrContains(value, '\0')) {
    return absl::InvalidArgumentError("give a path or a volume's name");
  }
  draft.mount.source = std::string(value);
  return absl::OkStatus();
}

absl::Status SetTarget(absl::string_view value, Draft& draft) {
  CLEAT_ASSIGN_OR_RETURN(draft.mount.target, CleanTarget(value));
  return absl::OkStatus();
}

absl::Status SetReadOnly(absl::string_view value, Draft& draft) {
  CLEAT_ASSIGN_OR_RETURN(draft.read_only, ParseBool(value));
  return absl::OkStatus();
}

absl::Status SetBindPropagation(absl::string_view value, Draft& draft) {
  return SetPropagation(value, &draft.mount);
}

absl::Status SetNonRecursive(absl::string_view value, Draft& draft) {
  CLEAT_ASSIGN_OR_RETURN(const bool alone, ParseBool(value));
  draft.recursion = alone ? "disabled" : "enabled";
  return absl::OkStatus();
}

absl::Status SetRecursive(absl::string_view value, Draft& draft) {
  draft.recursion = std::string(value);
  for (const absl::string_view known :
       {"enabled", "disabled", "writable", "readonly"}) {
    if (value == known) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "give enabled, disabled, writable or readonly");
}

absl::Status SetMakeSource(absl::string_view value, Draft& draft) {
  CLEAT_ASSIGN_OR_RETURN(draft.mount.make_source, ParseBool(value));
  return absl::OkStatus();
}

absl::Status SetIdmap(absl::string_view value, Draft& draft) {
  return ParseIdmap(value == "true" ? "" : value, &draft.mount);
}

absl::Status SetNoCopy(absl::string_view value, Draft& draft) {
  CLEAT_ASSIGN_OR_RETURN(draft.mount.no_copy, ParseBool(value));
  return absl::OkStatus();
}

absl::Status SetSize(absl::string_view value, Draft& draft) {
  CLEAT_ASSIGN_OR_RETURN(const int64_t bytes, ParseBytes(value));
  draft.mount.options.push_back(absl::StrCat("size=", bytes));
  return absl::OkStatus();
}

absl::Status SetMode(absl::string_view value, Draft& draft) {
  CLEAT_ASSIGN_OR_RETURN(const int64_t mode, ParseOctal(value));
  draft.mount.options.push_back(absl::StrFormat("mode=%o", mode));
  return absl::OkStatus();
}

// Docker Desktop's caching and SELinux's labels mean nothing here, and no harm.
absl::Status Accept(absl::string_view, Draft&) { return absl::OkStatus(); }

absl::Status RefuseVolumeOption(absl::string_view, Draft&) {
  return absl::InvalidArgumentError("volumes have no such options yet");
}

struct Key {
  absl::string_view name;
  // For which types it has a meaning.
  unsigned types;
  // May stand without a value.
  bool bare;
  absl::Status (*set)(absl::string_view value, Draft& draft);
};

constexpr Key kKeys[] = {
    {"source", kBind | kVolume, false, SetSource},
    {"src", kBind | kVolume, false, SetSource},
    {"target", kAny, false, SetTarget},
    {"destination", kAny, false, SetTarget},
    {"dst", kAny, false, SetTarget},
    {"readonly", kAny, true, SetReadOnly},
    {"ro", kAny, true, SetReadOnly},
    {"consistency", kAny, false, Accept},
    {"relabel", kBind | kVolume, false, Accept},
    {"idmap", kBind | kVolume, true, SetIdmap},
    {"bind-propagation", kBind, false, SetBindPropagation},
    {"bind-nonrecursive", kBind, true, SetNonRecursive},
    {"bind-recursive", kBind, false, SetRecursive},
    {"bind-create-src", kBind, true, SetMakeSource},
    {"volume-nocopy", kVolume, true, SetNoCopy},
    {"volume-driver", kVolume, false, RefuseVolumeOption},
    {"volume-label", kVolume, false, RefuseVolumeOption},
    {"volume-opt", kVolume, false, RefuseVolumeOption},
    {"volume-subpath", kVolume, false, RefuseVolumeOption},
    {"tmpfs-size", kTmpfs, false, SetSize},
    {"tmpfs-mode", kTmpfs, false, SetMode},
};

struct Field {
  std::string key;
  std::string value;
  bool bare = false;
};

Field SplitField(absl::string_view text) {
  const size_t equals = text.find('=');
  const bool bare = equals == absl::string_view::npos;
  return {absl::AsciiStrToLower(text.substr(0, equals)),
          bare ? "true" : std::string(text.substr(equals + 1)), bare};
}

absl::Status Wrong(const Field& field, absl::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrCat("key '", field.key, "': ", reason));
}

absl::Status SetType(const std::vector<Field>& fields, UserMount* mount) {
  for (const Field& field : fields) {
    if (field.key != "type") continue;
    const auto* const type =
        std::find_if(std::begin(kTypes), std::end(kTypes),
                     [&](const auto& t) { return t.name == field.value; });
    if (type == std::end(kTypes) || field.bare) {
      return Wrong(field, "give bind, volume or tmpfs");
    }
    mount->type = type->type;
  }
  return absl::OkStatus();
}

absl::Status SetKey(const Field& field, Draft& draft) {
  if (field.key == "type") return absl::OkStatus();
  if (field.bare && IsMountWord(field.key)) {
    draft.mount.options.push_back(field.key);
    return absl::OkStatus();
  }
  const auto* const key =
      std::find_if(std::begin(kKeys), std::end(kKeys),
                   [&](const Key& k) { return k.name == field.key; });
  if (key == std::end(kKeys)) return Wrong(field, "there is no such key");
  if (field.bare && !key->bare) return Wrong(field, "give it a value");
  const unsigned type = 1u << static_cast<unsigned>(draft.mount.type);
  if ((key->types & type) == 0) {
    return Wrong(field, "it has no meaning for this type of mount");
  }
  const absl::Status set = key->set(field.value, draft);
  return set.ok() ? set : Wrong(field, set.message());
}

absl::Status SetRecursion(Draft& draft) {
  UserMount& mount = draft.mount;
  mount.recursive = draft.recursion != "disabled";
  const bool special =
      draft.recursion == "writable" || draft.recursion == "readonly";
  if (special && !draft.read_only) {
    return absl::InvalidArgumentError(absl::StrCat(
        "key 'bind-recursive': ", draft.recursion, " needs readonly as well"));
  }
  if (!draft.read_only) return absl::OkStatus();
  mount.read_only = draft.recursion == "writable"   ? ReadOnly::kThisOnly
                    : draft.recursion == "readonly" ? ReadOnly::kRecursive
                                                    : ReadOnly::kWherePossible;
  return absl::OkStatus();
}

absl::Status CheckWhole(const UserMount& mount) {
  if (mount.target.empty()) {
    return absl::InvalidArgumentError("key 'target': it is missing");
  }
  if (mount.type == Type::kBind && mount.source.empty()) {
    return absl::InvalidArgumentError("key 'source': it is missing");
  }
  if (mount.type != Type::kVolume || mount.source.empty() ||
      IsVolumeName(mount.source)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("key 'source': '", mount.source,
                   "' is no volume's name (a path takes type=bind)"));
}

}  // namespace

absl::StatusOr<UserMount> ParseMountFlag(absl::string_view text) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> record, ParseCsv(text));
  std::vector<Field> fields;
  fields.reserve(record.size());
  for (const std::string& field : record) fields.push_back(SplitField(field));
  Draft draft;
  CLEAT_RETURN_IF_ERROR(SetType(fields, &draft.mount));
  for (const Field& field : fields) {
    CLEAT_RETURN_IF_ERROR(SetKey(field, draft));
  }
  CLEAT_RETURN_IF_ERROR(SetRecursion(draft));
  CLEAT_RETURN_IF_ERROR(CheckWhole(draft.mount));
  if (draft.mount.type == Type::kTmpfs) AddTmpfsDefaults(&draft.mount);
  return std::move(draft.mount);
}

}  // namespace cleat::mount
