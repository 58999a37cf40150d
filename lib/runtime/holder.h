#ifndef CLEAT_LIB_RUNTIME_HOLDER_H_
#define CLEAT_LIB_RUNTIME_HOLDER_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/log/options.h"
#include "lib/runtime/container.h"
#include "proto/oci_runtime.pb.h"

// A container in the background: its parent is a small process, the holder,
// that was forked from the caller and keeps none of its descriptors and no
// directory. It passes signals on, writes the output to `log` (lib/log) and
// the end to `exit` (lib/runtime/exit_file.h) in the state directory, and ends
// with the container, as the container does with it.

namespace cleat::runtime {

struct Detached {
  pid_t holder = -1;
  pid_t init = -1;
  // Of the first process: field 22 of /proc/PID/stat. Its holder says it, for
  // a short program may have ended by the time the caller hears of it.
  int64_t init_start_time = 0;
  // RFC 3339.
  std::string started_at;
};

struct DetachOptions {
  // Absolute.
  std::string state_directory;
  // How the output is kept, if at all.
  log::Options log;
  // Called with the holder's pid before it makes anything; its error is
  // returned, and nothing was made.
  absl::FunctionRef<absl::Status(pid_t holder)> record;
};

// Returns once the program runs, or with the error of Create or Start, when
// no process is left. `resources.standard` are its input only; its output
// goes to the log. The caller has one thread.
absl::StatusOr<Detached> Detach(const proto::oci::Spec& spec,
                                Resources resources,
                                const DetachOptions& options);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_HOLDER_H_
