#ifndef CLEAT_LIB_RUNTIME_FOREGROUND_H_
#define CLEAT_LIB_RUNTIME_FOREGROUND_H_

#include <memory>

#include "absl/status/statusor.h"
#include "lib/runtime/container.h"
#include "lib/runtime/supervisor.h"
#include "lib/sys/fd.h"
#include "lib/tty/session.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::runtime {

// A program that has a terminal has a window as large as the caller's from the
// beginning, if he has one.
void SetConsoleSize(proto::oci::Process* process);

// The caller's side of a program in the foreground: his signals are passed on,
// and when it has a terminal, his own is relayed to it (lib/tty/session.h).
//
//   CLEAT_ASSIGN_OR_RETURN(Foreground foreground,
//                          Foreground::Make(terminal, &resources));
//   … Create or Join, Start …
//   CLEAT_ASSIGN_OR_RETURN(int status, foreground.Wait(container));
class Foreground {
 public:
  // With a terminal, the streams of `resources` are the caller's ends of it.
  static absl::StatusOr<Foreground> Make(bool terminal, Resources* resources);

  // The program runs: waits for its end, and until what it wrote to its
  // terminal has been read. See Supervisor::Wait for the status.
  absl::StatusOr<int> Wait(Container& container);

 private:
  explicit Foreground(Supervisor supervisor)
      : supervisor_(std::move(supervisor)) {}
  absl::Status MakeSession(Resources* resources);

  Supervisor supervisor_;
  std::unique_ptr<tty::Session> session_;
  // Over which the pty's master comes, and the end that goes to the container.
  sys::Fd console_, console_child_;
};

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_FOREGROUND_H_
