#ifndef CLEAT_LIB_MOUNT_USER_MOUNT_H_
#define CLEAT_LIB_MOUNT_USER_MOUNT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/procfs/id_map.h"

// A mount as people ask for it, in docker run's and podman's words: the common
// form of --mount, --volume and --tmpfs. Nothing here looks at the machine.

namespace cleat::mount {

struct UserMount {
  enum class Type { kBind, kVolume, kTmpfs };
  Type type = Type::kVolume;
  // Of a bind a path of the host, of a volume its name.
  std::string source;
  // A path of the container, absolute, without "." and "..".
  std::string target;

  // What lies below the source is mounted with it.
  bool recursive = true;
  // Whether the mounts below a read-only one are read-only, too: where the
  // kernel can do so (5.12), in no case, or in every case.
  enum class ReadOnly { kNo, kWherePossible, kThisOnly, kRecursive };
  ReadOnly read_only = ReadOnly::kNo;
  // "rprivate", "rshared", …; empty: the default.
  std::string propagation;
  // Further options, as mount(8) and the OCI runtime spec name them.
  std::vector<std::string> options;

  // A source that is missing is made, as a directory.
  bool make_source = false;
  // Files show other owners than they have: id `inside` on disk is `outside`
  // on the host. Without ranges those of the container's user namespace.
  bool idmap = false;
  std::vector<procfs::IdRange> uids;
  std::vector<procfs::IdRange> gids;

  // Of a volume: what the image has at the target is not copied into it.
  bool no_copy = false;
};

// "type=bind,src=/a,dst=/b,readonly": docker's --mount with podman's additions,
// in CSV (csv.h). kInvalidArgument names the key that is wrong.
absl::StatusOr<UserMount> ParseMountFlag(absl::string_view text);

// "/a:/b:ro,rslave": docker's --volume. A source with a '/', and "." and "..",
// is a path, anything else the name of a volume.
absl::StatusOr<UserMount> ParseVolumeFlag(absl::string_view text);

// "/run:size=64m,mode=755": docker's --tmpfs, which adds noexec, nosuid and
// nodev where the opposite is not asked for.
absl::StatusOr<UserMount> ParseTmpfsFlag(absl::string_view text);

// "FLAG=VALUE" of one of the three: an entry of MountsSpec.mounts. Errors begin
// with "--FLAG VALUE: ".
absl::StatusOr<UserMount> ParseUserMount(absl::string_view entry);

// The parts that the three have in common.

// "/a//b/../c" is "/a/c". Refuses what is relative and "/" itself.
absl::StatusOr<std::string> CleanTarget(absl::string_view target);

// "idmap" with its value: "" or "uids=0-1000-1#1-100000-999;gids=…", of each
// range the first id on disk, the first id on the host, and how many.
absl::Status ParseIdmap(absl::string_view value, UserMount* mount);

// Refuses what is no word for propagation.
absl::Status SetPropagation(absl::string_view word, UserMount* mount);

// Whether `name` is [a-zA-Z0-9][a-zA-Z0-9_.-]+, as Docker has it.
bool IsVolumeName(absl::string_view name);

// Adds what Docker mounts a tmpfs with, unless the options say otherwise.
void AddTmpfsDefaults(UserMount* mount);

// "exec", "nosuid", "noatime", …: what a bind and a tmpfs both may have.
bool IsMountWord(absl::string_view word);

}  // namespace cleat::mount

#endif  // CLEAT_LIB_MOUNT_USER_MOUNT_H_
