#ifndef CLEAT_LIB_NS_KINDS_H_
#define CLEAT_LIB_NS_KINDS_H_

#include <sched.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

namespace cleat::ns {

// One kind of namespace (namespaces(7)).
struct Kind {
  // As unshare(1) names it.
  absl::string_view name;
  // As the OCI runtime spec names it (config-linux.md, "Namespaces").
  absl::string_view oci_name;
  // The CLONE_NEW* flag.
  uint64_t flag;
  // The file below /proc/PID/ns.
  const char* file;
};

// In the order in which they are joined one by one: the user namespace first,
// for it gives the rights over the others; the mount namespace last, for it
// takes the paths away.
inline constexpr Kind kKinds[] = {
    {"user", "user", CLONE_NEWUSER, "user"},
    {"cgroup", "cgroup", CLONE_NEWCGROUP, "cgroup"},
    {"ipc", "ipc", CLONE_NEWIPC, "ipc"},
    {"uts", "uts", CLONE_NEWUTS, "uts"},
    {"net", "network", CLONE_NEWNET, "net"},
    {"pid", "pid", CLONE_NEWPID, "pid"},
    {"time", "time", CLONE_NEWTIME, "time"},
    {"mount", "mount", CLONE_NEWNS, "mnt"},
};

// The kind of this CLONE_NEW* flag, or null.
constexpr const Kind* FindKindOfFlag(uint64_t flag) {
  for (const Kind& kind : kKinds) {
    if (kind.flag == flag) return &kind;
  }
  return nullptr;
}

// The kind that unshare(1) calls `name`, or /proc/PID/ns does ("mnt"), or null.
constexpr const Kind* FindKind(absl::string_view name) {
  for (const Kind& kind : kKinds) {
    if (kind.name == name || absl::string_view(kind.file) == name) return &kind;
  }
  return nullptr;
}

// The kind that the OCI runtime spec calls `name`, or null.
constexpr const Kind* FindOciKind(absl::string_view name) {
  for (const Kind& kind : kKinds) {
    if (kind.oci_name == name) return &kind;
  }
  return nullptr;
}

// The names of the kinds of CLONE_NEW* flags: "user, mount".
std::string KindNames(uint64_t flags);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_KINDS_H_
