#include "lib/runtime/user_devices.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/runtime/defaults.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/privilege.h"

namespace cleat::runtime {
namespace {

// What a container has file systems or nodes of its own for (runc,
// libcontainer/devices).
constexpr absl::string_view kOwn[] = {"pts",  "shm",     "fd",  "mqueue",
                                      "ptmx", "console", "core"};

bool IsAccess(absl::string_view text) {
  return !text.empty() && text.size() <= 3 &&
         text.find_first_not_of("rwm") == absl::string_view::npos;
}

absl::Status Wrong(absl::string_view flag, absl::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrCat("--device ", flag, ": ", reason));
}

const char* TypeOf(mode_t mode) { return S_ISBLK(mode) ? "b" : "c"; }

void AddRule(bool allow, const std::string& type, absl::optional<int64_t> major,
             absl::optional<int64_t> minor, const std::string& access,
             proto::oci::Spec* spec) {
  proto::oci::DeviceRule& rule =
      *spec->mutable_linux()->mutable_resources()->add_devices();
  rule.set_allow(allow);
  rule.set_type(type);
  // In brackets: major and minor are macros, too.
  if (major.has_value()) (rule.set_major)(*major);
  if (minor.has_value()) (rule.set_minor)(*minor);
  rule.set_access(access);
}

void AddNode(const UserDevice& device, const struct stat& info,
             proto::oci::Spec* spec) {
  proto::oci::Device& node = *spec->mutable_linux()->add_devices();
  node.set_type(TypeOf(info.st_mode));
  node.set_path(device.target);
  (node.set_major)(major(info.st_rdev));
  (node.set_minor)(minor(info.st_rdev));
  node.set_file_mode(info.st_mode & 07777);
  node.set_uid(info.st_uid);
  node.set_gid(info.st_gid);
}

void AddBind(const UserDevice& device, proto::oci::Spec* spec) {
  proto::oci::Mount& mount = *spec->add_mounts();
  mount.set_destination(device.target);
  mount.set_type("bind");
  mount.set_source(device.source);
  for (const char* option : {"bind", "rprivate", "nosuid", "noexec"}) {
    mount.add_options(option);
  }
}

bool IsDevice(const struct stat& info) {
  return S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode);
}

void AddOne(const UserDevice& device, const struct stat& info,
            proto::oci::Spec* spec) {
  const bool may_make =
      sys::InFirstUserNamespace() && spec->linux().uid_mappings().empty();
  if (may_make) {
    AddNode(device, info, spec);
  } else {
    AddBind(device, spec);
  }
  AddRule(true, TypeOf(info.st_mode), major(info.st_rdev), minor(info.st_rdev),
          device.access, spec);
}

// What goes away meanwhile, as devices do, is passed over.
absl::Status AddTree(const UserDevice& directory, proto::oci::Spec* spec) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                         sys::ListDirectory(directory.source));
  for (const std::string& name : names) {
    if (std::find(std::begin(kOwn), std::end(kOwn), name) != std::end(kOwn)) {
      continue;
    }
    const UserDevice entry = {absl::StrCat(directory.source, "/", name),
                              absl::StrCat(directory.target, "/", name),
                              directory.access};
    struct stat info;
    // No links: in a container they would mean something else.
    if (lstat(entry.source.c_str(), &info) != 0) continue;
    if (IsDevice(info)) AddOne(entry, info, spec);
    if (S_ISDIR(info.st_mode)) {
      CLEAT_RETURN_IF_ERROR(AddTree(entry, spec));
    }
  }
  return absl::OkStatus();
}

absl::Status AddDevice(const std::string& flag, proto::oci::Spec* spec) {
  CLEAT_ASSIGN_OR_RETURN(const UserDevice device, ParseDeviceFlag(flag));
  struct stat info;
  if (stat(device.source.c_str(), &info) != 0) {
    return sys::ErrnoError("--device ", flag, ": ", device.source);
  }
  if (S_ISDIR(info.st_mode)) return AddTree(device, spec);
  if (!IsDevice(info)) {
    return Wrong(flag, absl::StrCat(device.source, " is no device"));
  }
  AddOne(device, info, spec);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<UserDevice> ParseDeviceFlag(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  UserDevice device;
  device.source = parts[0];
  device.target = parts[0];
  if (parts.size() == 2 && IsAccess(parts[1])) {
    device.access = parts[1];
  } else if (parts.size() > 1) {
    device.target = parts[1];
  }
  if (parts.size() > 2) device.access = parts[2];
  if (parts.size() > 3) return Wrong(text, "give HOST[:TARGET[:ACCESS]]");
  if (!IsAccess(device.access)) {
    return Wrong(text, absl::StrCat("access '", device.access,
                                    "': give some of r, w and m"));
  }
  for (const std::string& path : {device.source, device.target}) {
    if (!absl::StartsWith(path, "/") || absl::StrContains(path, '\0')) {
      return Wrong(text, absl::StrCat("'", path, "': give an absolute path"));
    }
  }
  return device;
}

absl::Status AddUserDevices(const std::vector<std::string>& flags,
                            proto::oci::Spec* spec) {
  for (const std::string& flag : flags) {
    CLEAT_RETURN_IF_ERROR(AddDevice(flag, spec));
  }
  return absl::OkStatus();
}

absl::Status AddHostDevices(proto::oci::Spec* spec) {
  CLEAT_RETURN_IF_ERROR(AddTree({"/dev", "/dev", "rwm"}, spec));
  spec->mutable_linux()->mutable_resources()->clear_devices();
  AddRule(true, "a", absl::nullopt, absl::nullopt, "rwm", spec);
  return absl::OkStatus();
}

void AddDefaultDeviceRules(proto::oci::Spec* spec) {
  AddRule(false, "a", absl::nullopt, absl::nullopt, "rwm", spec);
  AddRule(true, "c", absl::nullopt, absl::nullopt, "m", spec);
  AddRule(true, "b", absl::nullopt, absl::nullopt, "m", spec);
  for (const DefaultDevice& device : kDefaultDevices) {
    AddRule(true, "c", device.major, device.minor, "rwm", spec);
  }
  // The console, /dev/ptmx, and the terminals of /dev/pts.
  AddRule(true, "c", 5, 1, "rwm", spec);
  AddRule(true, "c", 5, 2, "rwm", spec);
  AddRule(true, "c", 136, absl::nullopt, "rwm", spec);
}

}  // namespace cleat::runtime
