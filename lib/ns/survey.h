#ifndef CLEAT_LIB_NS_SURVEY_H_
#define CLEAT_LIB_NS_SURVEY_H_

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/ns/kinds.h"
#include "lib/sys/fd.h"

// All namespaces of the machine: those of processes, and those that something
// else keeps alive (namespaces(7), "Namespace lifetime"). The kernel (before
// listns(2), Linux 6.19) has no list of them, so they are looked for wherever
// one can be named: in the links of /proc/PID/ns, in descriptors and nsfs
// mounts, and as owner or parent of one that was found.

namespace cleat::ns {

// What keeps a namespace beside the processes that are in it.
enum class Hold {
  // A thread that is in it while its process is not.
  kThread,
  // A process of which the children will be in it (pid and time).
  kChildren,
  // An open descriptor of a process.
  kDescriptor,
  // A mount of nsfs.
  kMount,
  // A namespace of which it is the parent, or the owner.
  kParent,
  kOwner,
};

struct Holder {
  Hold hold;
  // Of a mount, one that sees it; 0 for other namespaces.
  pid_t pid = 0;
  // The thread, the descriptor, or the inode number of the other namespace.
  uint64_t number = 0;
  // Where it is mounted, below the root of `pid`.
  std::string path = {};
  // How many more of the same there are: the same path in other mount
  // namespaces, which inherited the mount, or further namespaces.
  size_t more = 0;
};

struct Namespace {
  const Kind* kind = nullptr;
  // Names it while it lives, among those of all kinds.
  uint64_t inode = 0;
  // Names it until the next boot; 0 before Linux 6.18.
  uint64_t id = 0;
  size_t processes = 0;
  // The one with the lowest pid; 0 for none.
  pid_t pid = 0;
  std::vector<Holder> holders;
  // Inode numbers: of the user namespace that owns it, and of the parent of a
  // pid or user namespace; 0 for none, and for one that the caller may not see.
  uint64_t owner = 0;
  uint64_t parent = 0;
  // Who made it, for a user namespace.
  absl::optional<uid_t> maker;
};

// The namespaces of a process, by inode number, in the order of kKinds; 0 for
// one that it has not (a zombie has few) or that was not looked at.
struct ProcessNamespaces {
  pid_t pid = 0;
  std::array<uint64_t, std::size(kKinds)> inodes{};
};

struct Survey {
  // By pid, and by inode number.
  std::vector<ProcessNamespaces> processes;
  std::vector<Namespace> namespaces;
  // Processes that the caller may not look into: of other users.
  size_t hidden = 0;

  const Namespace* Find(uint64_t inode) const;
};

// Looks for all namespaces of the kinds of CLONE_NEW* `kinds` (others may be
// found on the way). What vanishes meanwhile is left out.
absl::StatusOr<Survey> TakeSurvey(uint64_t kinds,
                                  const std::string& proc = "/proc");

// Opens a namespace by any of those who hold it. kNotFound when none does any
// longer, or none in a way that can be opened (as children do, see setns(2)).
absl::StatusOr<sys::Fd> OpenSurveyed(const Namespace& surveyed,
                                     const std::string& proc = "/proc");

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_SURVEY_H_
