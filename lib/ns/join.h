#ifndef CLEAT_LIB_NS_JOIN_H_
#define CLEAT_LIB_NS_JOIN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/ns/kinds.h"
#include "lib/sys/fd.h"

// Joining namespaces that exist: setns(2).

namespace cleat::ns {

// A namespace by an open file.
struct OpenedNamespace {
  const Kind* kind = nullptr;
  sys::Fd fd;
  // As the user called it, for errors.
  std::string name;
};

// Which namespaces are joined.
struct JoinPlan {
  // CLONE_NEW* of those that are the process's of `pidfd`.
  uint64_t of_target = 0;
  int pidfd = -1;
  // All others, at most one of a kind, none of a kind in `of_target`.
  std::vector<OpenedNamespace> opened;

  uint64_t Flags() const;

  // Takes the place of one of its kind, if there is.
  void Put(OpenedNamespace one);
  void Remove(uint64_t flag);
};

// The calling process, of one thread, joins them. What it has of credentials is
// what it has after setns(2): all capabilities in a user namespace that it
// joins. A PID namespace is that of its further children.
//
// The order is right whether the user namespace gives the rights over the
// others or takes them away. Those of the target come at once, and then the
// kernel sees to it; else all that may be joined before the user namespace
// is, and the rest after it.
//
// Where it fails the message says what would help: kPermissionDenied without
// the rights, kInvalidArgument for a file that is no namespace, one of another
// kind, the user namespace that the caller is in already, or a kind that the
// kernel does not have.
absl::Status Join(const JoinPlan& plan);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_JOIN_H_
