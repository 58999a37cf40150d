#include "lib/runtime/foreground.h"

#include <unistd.h>

#include "lib/base/status_macros.h"
#include "lib/sys/pass_fd.h"
#include "lib/tty/pty.h"
#include "lib/tty/window_size.h"

namespace cleat::runtime {
namespace {

int StreamOr(int given, int own) { return given >= 0 ? given : own; }

}  // namespace

void SetConsoleSize(proto::oci::Process* process) {
  const absl::optional<struct winsize> size = tty::CallersWindowSize();
  if (!process->terminal() || !size.has_value()) return;
  process->mutable_console_size()->set_height(size->ws_row);
  process->mutable_console_size()->set_width(size->ws_col);
}

absl::Status Foreground::MakeSession(Resources* resources) {
  CLEAT_ASSIGN_OR_RETURN(sys::SocketPair sockets, sys::MakeSocketPair());
  CLEAT_ASSIGN_OR_RETURN(
      session_,
      tty::Session::Make(StreamOr(resources->standard[0], STDIN_FILENO),
                         StreamOr(resources->standard[1], STDOUT_FILENO)));
  console_ = std::move(sockets.parent);
  console_child_ = std::move(sockets.child);
  resources->console = console_child_.get();
  return absl::OkStatus();
}

absl::StatusOr<Foreground> Foreground::Make(bool terminal,
                                            Resources* resources) {
  CLEAT_ASSIGN_OR_RETURN(Supervisor supervisor, Supervisor::Make());
  Foreground foreground(std::move(supervisor));
  if (terminal) CLEAT_RETURN_IF_ERROR(foreground.MakeSession(resources));
  return foreground;
}

absl::StatusOr<int> Foreground::Wait(Container& container) {
  if (session_ == nullptr) return supervisor_.Wait(container);
  console_child_.Reset();
  CLEAT_ASSIGN_OR_RETURN(sys::Fd master, sys::ReceiveFd(console_.get()));
  CLEAT_ASSIGN_OR_RETURN(tty::Pty pty, tty::TakePty(std::move(master)));
  CLEAT_RETURN_IF_ERROR(session_->Attach(std::move(pty)));
  CLEAT_ASSIGN_OR_RETURN(const int status,
                         supervisor_.Wait(container, session_.get()));
  session_->Drain(supervisor_.descriptor());
  return status;
}

}  // namespace cleat::runtime
