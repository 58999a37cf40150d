#ifndef CLEAT_LIB_RUNTIME_STOP_H_
#define CLEAT_LIB_RUNTIME_STOP_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/sys/fd.h"

// Stopping containers from outside, as `docker stop` does.

namespace cleat::runtime {

// A running container.
struct Stoppable {
  // Its first process.
  pid_t pid = -1;
  sys::Fd pidfd;
  // Who waits for that and writes down how it ended; invalid: nobody.
  sys::Fd holder;
  // What asks it to end.
  int signal = 0;
  // The frozen group that it is paused in; empty: none.
  std::string frozen_group;
};

// Sends each its signal, lets those that are paused go on, and waits for all
// together, at most `grace_us`; who is left then gets SIGKILL. So does at once
// whose first process would not get the signal, because it neither catches,
// ignores nor blocks it (pid_namespaces(7)). Returns when all have ended, with
// a status for each.
std::vector<absl::Status> Stop(const std::vector<Stoppable>& containers,
                               int64_t grace_us);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_STOP_H_
