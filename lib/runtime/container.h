#ifndef CLEAT_LIB_RUNTIME_CONTAINER_H_
#define CLEAT_LIB_RUNTIME_CONTAINER_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"
#include "proto/cgroup.pb.h"
#include "proto/oci_runtime.pb.h"

// A container's life as the OCI runtime spec has it (runtime.md, "Lifecycle"):
//
//   Container container = Create(spec, std::move(resources));  // clones
//   … record container.pid() …
//   container.Start();                      // the program runs, or says why
//   not container.Kill(SIGTERM); int status = *container.Wait();         //
//   0-255, 128+N for signal N container.Delete();                     //
//   SIGKILL to what is left of it

namespace cleat::runtime {

// What a container is given besides its spec.
struct Resources {
  // Its root: a mount that is attached nowhere (lib/mount/overlay.h).
  sys::Fd root;
  // Its streams; -1 leaves the caller's own. Not owned.
  int standard[3] = {-1, -1, -1};
  // A connected socket of AF_UNIX, over which the master of its terminal is
  // sent, where its spec asks for one. Its streams are the terminal then. Not
  // owned.
  int console = -1;
  // Descriptors that stay open in it under their numbers.
  std::vector<int> preserved;
  // A cgroup v2 directory that it starts in (-1: none), and open `tasks` files
  // of v1 groups that it enters. Not owned.
  int cgroup = -1;
  std::vector<int> cgroup_tasks;
  // Its groups, as far as they are known, for its mounts of cgroups.
  proto::CgroupState groups;
  // What is done while its first process sets itself up: called once that is
  // cloned. Gives the `tasks` files of further groups, which the process enters
  // before it mounts cgroups.
  std::function<absl::StatusOr<std::vector<sys::Fd>>()> meanwhile;
  // Its first process is not the program, but one that passes signals on to it,
  // reaps orphans, and ends with it.
  bool init = false;
  // It ends with the thread that created it, however that ends.
  bool die_with_parent = true;
};

struct InitFds;

class Container {
 public:
  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }

  // Waits until everything is set up and only the program's exec is left.
  // The error of the step that failed otherwise.
  absl::Status AwaitCreated();

  // Lets the program run and returns when it does. Needs no AwaitCreated. An
  // error that has sys::kExitStatusPayload is the exec's: the program was not
  // found (127) or cannot be run (126).
  absl::Status Start();

  // Sends a signal to the first process; kNotFound when it has ended.
  absl::Status Kill(int signal) const;

  // Waits for its end and reaps it.
  absl::StatusOr<int> Wait();

  // Kills all that is left of it and reaps it. Success when it has ended.
  absl::Status Delete();

 private:
  friend absl::StatusOr<Container> CloneProcess(
      uint64_t namespaces, const Resources& resources, int launcher,
      absl::FunctionRef<void(const InitFds&)> child);
  friend absl::StatusOr<Container> Create(const proto::oci::Spec& spec,
                                          Resources resources);
  Container() = default;
  // Does what the caller has for meanwhile, and hands over what comes of it.
  absl::Status HandOver(const Resources& resources);
  // The maps of its user namespace are written: its process goes on.
  absl::Status SayMapped();
  absl::Status Await(bool executed);
  // Waits for the child's next word, or for a signal to this process, which
  // ends the child: a process of the container that is joined may have stopped
  // it.
  absl::Status AwaitAmongOthers();

  pid_t pid_ = -1;
  sys::Fd pidfd_;
  sys::Fd report_;
  sys::Fd start_;
  // It is in a PID namespace that is not its own.
  bool among_others_ = false;
  bool created_ = false;
  bool reaped_ = false;
};

// Clones the container's first process, which sets everything up while the
// caller goes on, and waits to be started; it ends when the Container is
// destroyed before that. The caller has one thread, or has made sure that no
// other one forks meanwhile. kInvalidArgument and kUnimplemented name the
// field of the spec.
absl::StatusOr<Container> Create(const proto::oci::Spec& spec,
                                 Resources resources);

// The clone behind Create and Join: `child` runs in the new process and ends
// in exec, of the launcher (-1: none) first.
absl::StatusOr<Container> CloneProcess(
    uint64_t namespaces, const Resources& resources, int launcher,
    absl::FunctionRef<void(const InitFds&)> child);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_CONTAINER_H_
