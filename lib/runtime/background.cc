#include "lib/runtime/background.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/runtime/status_text.h"
#include "lib/sys/close_others.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/pass_fd.h"
#include "lib/tty/pty.h"

namespace cleat::runtime {
namespace {

constexpr size_t kMaxReport = size_t{64} << 10;

absl::Status LeaveCaller() {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd null, sys::Open("/dev/null", O_RDWR));
  for (int fd = 0; fd < 3; ++fd) {
    if (dup2(null.get(), fd) < 0) return sys::ErrnoError("leave the streams");
  }
  if (setsid() < 0) return sys::ErrnoError("make a session");
  prctl(PR_SET_NAME, "cleat-exec", 0, 0, 0);
  return absl::OkStatus();
}

// Until the program ends.
void ReadAway(const tty::Pty& pty, int pidfd) {
  char block[4096];
  struct pollfd entries[] = {{pidfd, POLLIN, 0}, {pty.master.get(), POLLIN, 0}};
  while (entries[0].revents == 0) {
    if (poll(entries, 2, -1) < 0 && errno != EINTR) return;
    while (read(pty.master.get(), block, sizeof(block)) > 0) continue;
  }
}

// What is done in the new process.
class Background {
 public:
  Background(bool terminal, Resources* resources)
      : terminal_(terminal), resources_(resources) {}

  absl::Status Start(absl::FunctionRef<absl::StatusOr<Container>()> start) {
    CLEAT_RETURN_IF_ERROR(LeaveCaller());
    sys::SocketPair console;
    if (terminal_) {
      CLEAT_ASSIGN_OR_RETURN(console, sys::MakeSocketPair());
      resources_->console = console.child.get();
    }
    resources_->die_with_parent = false;
    CLEAT_ASSIGN_OR_RETURN(Container container, start());
    CLEAT_RETURN_IF_ERROR(container.Start());
    pidfd_ = sys::Fd(fcntl(container.pidfd(), F_DUPFD_CLOEXEC, 3));
    if (!terminal_) return absl::OkStatus();
    console.child.Reset();
    CLEAT_ASSIGN_OR_RETURN(sys::Fd master,
                           sys::ReceiveFd(console.parent.get()));
    CLEAT_ASSIGN_OR_RETURN(pty_, tty::TakePty(std::move(master)));
    return absl::OkStatus();
  }

  void Hold() {
    if (!terminal_) return;
    (void)!chdir("/");
    trace::Enable(trace::Form::kOff, -1);
    sys::CloseOthers({pidfd_.get(), pty_.master.get(), pty_.peer.get()});
    ReadAway(pty_, pidfd_.get());
  }

 private:
  bool terminal_;
  Resources* resources_;
  sys::Fd pidfd_;
  tty::Pty pty_;
};

}  // namespace

absl::Status StartInBackground(
    bool terminal, Resources* resources,
    absl::FunctionRef<absl::StatusOr<Container>()> start) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return sys::ErrnoError("make pipe");
  const sys::Fd read_end(ends[0]);
  sys::Fd write_end(ends[1]);
  const pid_t pid = fork();
  if (pid < 0) return sys::ErrnoError("fork");
  if (pid == 0) {
    Background background(terminal, resources);
    const absl::Status started = background.Start(start);
    sys::WriteAll(write_end.get(), StatusToText(started), "report")
        .IgnoreError();
    write_end.Reset();
    if (started.ok()) background.Hold();
    _exit(0);
  }
  write_end.Reset();
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      sys::ReadAll(read_end.get(), kMaxReport, "the report"));
  const absl::Status started = StatusFromText(text);
  if (!started.ok()) waitpid(pid, nullptr, 0);
  return started;
}

}  // namespace cleat::runtime
