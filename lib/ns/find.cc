#include "lib/ns/find.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/procfs/mountinfo.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"

namespace cleat::ns {
namespace {

// Whether this open file is what is looked for.
using Test = absl::FunctionRef<bool(int fd)>;

// "net:[4026532281]": what the links of procfs and the roots of nsfs mounts
// are called.
std::string LinkText(const Kind& kind, uint64_t inode) {
  return absl::StrCat(kind.file, ":[", inode, "]");
}

std::string ReadLink(const std::string& path) {
  char text[PATH_MAX];
  const ssize_t size = readlink(path.c_str(), text, sizeof(text));
  return std::string(text, size > 0 ? static_cast<size_t>(size) : 0);
}

// A search among all processes. An id is looked for in every namespace of its
// kind, an inode number in the only one of that name.
class Search {
 public:
  // `prefix` begins the names of the links that are worth opening.
  Search(const Kind& kind, std::string prefix, const std::string& proc,
         Test test)
      : kind_(kind), prefix_(std::move(prefix)), proc_(proc), test_(test) {}

  // Invalid when there is none.
  sys::Fd Run() {
    const auto processes = sys::ListDirectory(proc_);
    if (!processes.ok()) return {};
    for (const auto step :
         {&Search::TryOwn, &Search::TryDescriptors, &Search::TryMounts}) {
      for (const std::string& process : *processes) {
        if (process.find_first_not_of("0123456789") != std::string::npos) {
          continue;
        }
        if ((this->*step)(absl::StrCat(proc_, "/", process))) {
          return std::move(found_);
        }
      }
    }
    return {};
  }

 private:
  bool TryLink(const std::string& path) {
    if (!absl::StartsWith(ReadLink(path), prefix_)) return false;
    return Take(sys::Open(path, O_RDONLY));
  }

  // A process may end and its number go to another meanwhile: what was opened
  // is what counts.
  bool Take(absl::StatusOr<sys::Fd> fd) {
    if (!fd.ok() || !test_(fd->get())) return false;
    found_ = std::move(*fd);
    return true;
  }

  bool TryOwn(const std::string& process) {
    const std::string path = absl::StrCat(process, "/ns/", kind_.file);
    if (TryLink(path)) return true;
    // That of the children may have no process yet.
    const bool inherited =
        kind_.flag == CLONE_NEWPID || kind_.flag == CLONE_NEWTIME;
    return inherited && TryLink(absl::StrCat(path, "_for_children"));
  }

  bool TryDescriptors(const std::string& process) {
    const std::string directory = absl::StrCat(process, "/fd");
    const auto descriptors = sys::ListDirectory(directory);
    if (!descriptors.ok()) return false;
    for (const std::string& descriptor : *descriptors) {
      if (TryLink(absl::StrCat(directory, "/", descriptor))) return true;
    }
    return false;
  }

  // Processes of one mount namespace see the same mounts: each is looked
  // through once.
  bool TryMounts(const std::string& process) {
    std::string space = ReadLink(absl::StrCat(process, "/ns/mnt"));
    for (const std::string& seen : seen_) {
      if (seen == space) return false;
    }
    seen_.push_back(std::move(space));
    const auto mounts =
        procfs::ReadMountinfo(proc_, process.substr(proc_.size() + 1));
    const auto root = sys::Open(process + "/root", O_PATH | O_DIRECTORY);
    if (!mounts.ok() || !root.ok()) return false;
    for (const procfs::Mount& mount : *mounts) {
      if (mount.type != "nsfs" || !absl::StartsWith(mount.root, prefix_)) {
        continue;
      }
      if (Take(OpenMounted(root->get(), mount.target))) return true;
    }
    return false;
  }

  const Kind& kind_;
  std::string prefix_;
  const std::string& proc_;
  Test test_;
  std::vector<std::string> seen_;
  sys::Fd found_;
};

absl::Status NotFound(const Kind& kind, absl::string_view name) {
  return absl::NotFoundError(
      absl::StrCat(kind.name, " namespace ", name,
                   ": none of that number that this user may look at "
                   "(ns-list shows those there are)"));
}

absl::StatusOr<sys::Fd> FindById(const Kind& kind, uint64_t id) {
  const std::string proc = "/proc";
  sys::Fd found =
      Search(kind, absl::StrCat(kind.file, ":["), proc, [&](int fd) {
        const auto found_id = sys::NamespaceId(fd);
        return found_id.ok() && *found_id == id;
      }).Run();
  if (found.valid()) return found;
  return NotFound(kind, absl::StrCat(":", id));
}

// "net:[4026532281]" and "4026532281".
bool ParseInode(const Kind& kind, absl::string_view text, uint64_t* inode) {
  if (absl::ConsumePrefix(&text, absl::StrCat(kind.file, ":[")) &&
      !absl::ConsumeSuffix(&text, "]")) {
    return false;
  }
  return absl::SimpleAtoi(text, inode);
}

}  // namespace

absl::StatusOr<sys::Fd> OpenPlace(const sys::Fd& place,
                                  absl::string_view name) {
  struct statfs info;
  if (fstatfs(place.get(), &info) != 0 || info.f_type != NSFS_MAGIC) {
    return absl::NotFoundError(absl::StrCat(name, ": no namespace"));
  }
  return sys::Open(absl::StrCat("/proc/self/fd/", place.get()), O_RDONLY);
}

absl::StatusOr<sys::Fd> OpenMounted(int root, const std::string& target) {
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd place,
      sys::OpenResolved(root, target, O_PATH | O_NOFOLLOW, RESOLVE_IN_ROOT));
  return OpenPlace(place, target);
}

absl::Status CheckKind(int fd, const Kind& kind, absl::string_view name) {
  const absl::StatusOr<int> type = sys::NamespaceType(fd);
  if (!type.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name,
                     ": no namespace (a file of /proc/PID/ns or a bind "
                     "mount of one is expected)"));
  }
  const Kind* const is = FindKindOfFlag(static_cast<uint64_t>(*type));
  if (is == &kind || is == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(name, ": of kind ", is->name,
                                                 ", not ", kind.name, " (--",
                                                 is->name, " enters it)"));
}

absl::StatusOr<sys::Fd> FindByInode(const Kind& kind, uint64_t inode,
                                    const std::string& proc) {
  sys::Fd found = Search(kind, LinkText(kind, inode), proc, [&](int fd) {
                    const auto found_inode = sys::NamespaceInode(fd);
                    return found_inode.ok() && *found_inode == inode &&
                           CheckKind(fd, kind, "").ok();
                  }).Run();
  if (found.valid()) return found;
  return NotFound(kind, absl::StrCat(inode));
}

absl::StatusOr<sys::Fd> OpenNamespace(const Kind& kind,
                                      const std::string& text) {
  uint64_t number;
  if (ParseInode(kind, text, &number)) return FindByInode(kind, number);
  if (absl::StartsWith(text, ":") &&
      absl::SimpleAtoi(absl::string_view(text).substr(1), &number)) {
    return FindById(kind, number);
  }
  // Whatever file is named, opening it neither waits nor takes a terminal.
  return sys::Open(text, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

}  // namespace cleat::ns
