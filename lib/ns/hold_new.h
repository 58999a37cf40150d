#ifndef CLEAT_LIB_NS_HOLD_NEW_H_
#define CLEAT_LIB_NS_HOLD_NEW_H_

#include <sys/types.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/ns/request.h"
#include "lib/sys/clone.h"
#include "lib/sys/fd.h"

namespace cleat::ns {

// A process that does nothing but be in new namespaces, of a PID namespace as
// its first. Until it is kept, it ends with this:
//
//   CLEAT_ASSIGN_OR_RETURN(NamespaceHolder holder,
//                          NamespaceHolder::Make(request));
//   …record holder.pid() in the journal…
//   CLEAT_RETURN_IF_ERROR(holder.SetUp());
//
// The request's owner, root and directory are no matter of it.
class NamespaceHolder {
 public:
  // Makes the process and its namespaces. The caller has one thread. The error
  // is CreationError's.
  static absl::StatusOr<NamespaceHolder> Make(const Request& request);

  NamespaceHolder(NamespaceHolder&&) = default;
  // Ends the process unless it is set up.
  ~NamespaceHolder();

  pid_t pid() const { return child_.pid; }

  // Writes the maps and does what else the request asks for. From then on the
  // process lives by itself, in a session of its own, with nothing of the
  // caller's.
  absl::Status SetUp();

 private:
  explicit NamespaceHolder(const Request& request) : request_(request) {}

  Request request_;
  sys::ChildProcess child_;
  sys::Fd go_;
  sys::Fd said_;
};

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_HOLD_NEW_H_
