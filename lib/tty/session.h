#ifndef CLEAT_LIB_TTY_SESSION_H_
#define CLEAT_LIB_TTY_SESSION_H_

#include <signal.h>

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/sys/fd.h"
#include "lib/sys/poll_task.h"
#include "lib/tty/channel.h"
#include "lib/tty/pty.h"
#include "lib/tty/raw_mode.h"

namespace cleat::tty {

// The caller at a program's terminal, which is a pty of the program's own: his
// keys go there, what it writes comes to him, and its window is as large as
// his. While it runs his terminal is raw; his window's changes, and the
// tool's being stopped and continued (SIGWINCH, SIGTSTP, SIGCONT), are seen
// to here from Make on.
//
//   Make → the program starts → Attach → Ask and Answer, as a PollTask → the
//   program has ended → Drain
//
// What it finds is restored when it is destroyed.
class Session : public sys::PollTask {
 public:
  // Of the caller; neither is owned. An input that is no terminal ends the
  // program's input at its end, as a user does with Ctrl-D.
  static absl::StatusOr<std::unique_ptr<Session>> Make(int input, int output);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The program runs on this pty.
  absl::Status Attach(Pty pty);

  void Ask(std::vector<struct pollfd>* entries) override;
  void Answer(const struct pollfd* entries) override;

  // The program has ended: what it has written is still relayed, for as long as
  // nothing can be read from `interrupt`.
  void Drain(int interrupt);

 private:
  Session(int input, int output);
  void TakeSignals();
  void Stop();
  void ReadInput();
  void HangUp();
  int master() const { return pty_.master.get(); }

  int input_;
  int output_;
  RawMode mode_;
  sys::Fd signals_;
  sigset_t old_mask_;
  // The caller's terminal, opened anew so that writing does not block.
  sys::Fd own_output_;
  Pty pty_;
  absl::optional<Channel> keys_;
  absl::optional<Channel> screen_;
  bool hung_up_ = false;
};

}  // namespace cleat::tty

#endif  // CLEAT_LIB_TTY_SESSION_H_
