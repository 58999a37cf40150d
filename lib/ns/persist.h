#ifndef CLEAT_LIB_NS_PERSIST_H_
#define CLEAT_LIB_NS_PERSIST_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/ns/kinds.h"
#include "lib/sys/clone.h"
#include "lib/sys/fd.h"

namespace cleat::ns {

// A namespace of this process (of its children, where it is one of PIDs or
// time) that is to outlive all processes, by a bind mount on `file`.
struct PersistentFile {
  const Kind* kind = nullptr;
  std::string file;
};

// Makes such mounts in the mount namespace, and with the rights, that the
// process has before it makes namespaces:
//
//   CLEAT_ASSIGN_OR_RETURN(Persister persister, Persister::Start(files));
//   CLEAT_RETURN_IF_ERROR(ns::Make(request));
//   …fork, for a PID namespace can be bound once it has a process…
//   CLEAT_RETURN_IF_ERROR(persister.Bind());
//
// A child waits in the old namespaces meanwhile.
class Persister {
 public:
  // Of no files: nothing is done.
  static absl::StatusOr<Persister> Start(
      const std::vector<PersistentFile>& files);

  // Makes the mounts, in this process or one that was forked from it. The
  // error names the file, and what would help.
  absl::Status Bind();

 private:
  sys::ChildProcess child_;
  sys::Fd go_;
  sys::Fd report_;
};

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_PERSIST_H_
