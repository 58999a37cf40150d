#include "lib/sys/mount.h"

#include <sys/mount.h>
#include <unistd.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/sys/errno.h"

namespace cleat::sys {
namespace {

// The error of a step on a context, with the file system's own words.
absl::Status ContextError(int context, const std::string& act) {
  const int error = errno;
  const std::string words = ContextMessage(context);
  const std::string said =
      words.empty() ? act : absl::StrCat(act, " (", words, ")");
  return absl::ErrnoToStatus(error, said);
}

}  // namespace

absl::StatusOr<Fd> OpenFileSystem(const std::string& type) {
  const int fd = fsopen(type.c_str(), FSOPEN_CLOEXEC);
  if (fd < 0) return ErrnoError("open file system type ", type);
  return Fd(fd);
}

absl::Status SetFlag(int context, const std::string& key) {
  if (fsconfig(context, FSCONFIG_SET_FLAG, key.c_str(), nullptr, 0) == 0) {
    return absl::OkStatus();
  }
  return ContextError(context, absl::StrCat("set ", key));
}

absl::Status SetString(int context, const std::string& key,
                       const std::string& value) {
  if (fsconfig(context, FSCONFIG_SET_STRING, key.c_str(), value.c_str(), 0) ==
      0) {
    return absl::OkStatus();
  }
  return ContextError(context, absl::StrCat("set ", key, "=", value));
}

absl::StatusOr<Fd> CreateMount(int context, uint64_t attributes) {
  if (fsconfig(context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return ContextError(context, "make the file system");
  }
  const int fd =
      fsmount(context, FSMOUNT_CLOEXEC, static_cast<unsigned int>(attributes));
  if (fd < 0) return ContextError(context, "mount");
  return Fd(fd);
}

absl::StatusOr<Fd> CloneMount(int dir, const std::string& path,
                              bool recursive) {
  unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
  if (recursive) flags |= AT_RECURSIVE;
  const int fd = open_tree(dir, path.c_str(), flags);
  if (fd < 0) return ErrnoError("bind ", path);
  return Fd(fd);
}

absl::Status AttachMount(int mount, int dir, const std::string& path) {
  unsigned int flags = MOVE_MOUNT_F_EMPTY_PATH;
  if (path.empty()) flags |= MOVE_MOUNT_T_EMPTY_PATH;
  if (move_mount(mount, "", dir, path.c_str(), flags) == 0) {
    return absl::OkStatus();
  }
  return ErrnoError("attach mount at ", path);
}

absl::Status SetMountAttributes(int mount, uint64_t set, uint64_t clear,
                                bool recursive) {
  struct mount_attr attributes = {};
  attributes.attr_set = set;
  attributes.attr_clr = clear;
  unsigned int flags = AT_EMPTY_PATH;
  if (recursive) flags |= AT_RECURSIVE;
  if (mount_setattr(mount, "", flags, &attributes, sizeof(attributes)) == 0) {
    return absl::OkStatus();
  }
  return ErrnoError("set mount attributes");
}

absl::Status DetachMount(const std::string& path) {
  if (umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0 ||
      errno == EINVAL || errno == ENOENT) {
    return absl::OkStatus();
  }
  return ErrnoError("unmount ", path);
}

// The kernel hands out one message per read, "e overlay: reason"; the last
// one is the nearest to the error.
std::string ContextMessage(int context) {
  std::string last;
  char text[512];
  ssize_t count;
  while ((count = read(context, text, sizeof(text))) > 0) {
    absl::string_view line(text, static_cast<size_t>(count));
    if (absl::ConsumePrefix(&line, "e ")) {
      last = std::string(absl::StripAsciiWhitespace(line));
    }
  }
  return last;
}

}  // namespace cleat::sys
