#include "lib/tty/session.h"

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>

#include <string>

#include "gtest/gtest.h"
#include "lib/tty/window_size.h"

namespace cleat::tty {
namespace {

sys::Fd OpenMaster() {
  sys::Fd master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  EXPECT_TRUE(master.valid());
  EXPECT_EQ(unlockpt(master.get()), 0);
  return master;
}

bool IsRaw(int terminal) {
  struct termios modes;
  EXPECT_EQ(tcgetattr(terminal, &modes), 0);
  return (modes.c_lflag & (ICANON | ECHO | ISIG)) == 0;
}

std::string ReadSome(int fd) {
  char text[256];
  const ssize_t count = read(fd, text, sizeof(text));
  return count > 0 ? std::string(text, static_cast<size_t>(count)) : "";
}

// The caller's terminal and the program's, each with a master that stands for
// the one who sits there, and for the relay.
class SessionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    window_ = TakeOrDie(OpenMaster());
    // Of the program's pty the relay has the master.
    program_ = TakeOrDie(OpenMaster());
    terminal_ = sys::Fd(ioctl(program_.master.get(), TIOCGPTPEER,
                              O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(terminal_.valid());
  }

  static Pty TakeOrDie(sys::Fd master) {
    absl::StatusOr<Pty> pty = TakePty(std::move(master));
    EXPECT_TRUE(pty.ok()) << pty.status();
    return std::move(*pty);
  }

  void Start(int input, int output) {
    absl::StatusOr<std::unique_ptr<Session>> made =
        Session::Make(input, output);
    ASSERT_TRUE(made.ok()) << made.status();
    session_ = std::move(*made);
    const absl::Status attached = session_->Attach(std::move(program_));
    ASSERT_TRUE(attached.ok()) << attached;
  }

  // Lets the relay do what there is to be done now.
  void Turn() {
    std::vector<struct pollfd> entries;
    for (int turn = 0; turn < 4; ++turn) {
      entries.clear();
      session_->Ask(&entries);
      if (poll(entries.data(), entries.size(), 0) <= 0) return;
      session_->Answer(entries.data());
    }
  }

  // One read, once the relay and the kernel have brought something there; the
  // limit is for a test that fails only.
  std::string Await(int fd) {
    for (int turn = 0; turn < 6000; ++turn) {
      Turn();
      struct pollfd ready = {fd, POLLIN, 0};
      if (poll(&ready, 1, 10) > 0) return ReadSome(fd);
    }
    return "nothing came";
  }

  // Reads until `size` bytes have come, in however many pieces.
  std::string Await(int fd, size_t size) {
    std::string text;
    while (text.size() < size) text += Await(fd);
    return text;
  }

  Pty window_;
  Pty program_;
  sys::Fd terminal_;
  std::unique_ptr<Session> session_;
};

TEST_F(SessionTest, CallersTerminalIsRawForAsLongAsTheSession) {
  const int own = window_.peer.get();
  ASSERT_FALSE(IsRaw(own));
  Start(own, own);
  EXPECT_TRUE(IsRaw(own));
  session_.reset();
  EXPECT_FALSE(IsRaw(own));
}

TEST_F(SessionTest, KeysGoInAndTextComesOut) {
  Start(window_.peer.get(), window_.peer.get());
  ASSERT_EQ(write(window_.master.get(), "typed\n", 6), 6);
  EXPECT_EQ(Await(terminal_.get()), "typed\n");
  ASSERT_EQ(write(terminal_.get(), "shown", 5), 5);
  // The program's terminal has echoed, as one does.
  EXPECT_EQ(Await(window_.master.get(), 12), "typed\r\nshown");
}

TEST_F(SessionTest, EndOfAPipeEndsTheProgramsInput) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const sys::Fd input(ends[0]);
  sys::Fd writer(ends[1]);
  Start(input.get(), window_.peer.get());
  ASSERT_EQ(write(writer.get(), "line\nrest", 9), 9);
  writer.Reset();
  EXPECT_EQ(Await(terminal_.get()), "line\n");
  EXPECT_EQ(Await(terminal_.get()), "rest");
  EXPECT_EQ(Await(terminal_.get()), "");
}

TEST_F(SessionTest, WindowIsAsLargeAsTheCallers) {
  Start(window_.peer.get(), window_.peer.get());
  const struct winsize asked = {42, 99, 0, 0};
  ASSERT_EQ(ioctl(window_.master.get(), TIOCSWINSZ, &asked), 0);
  kill(getpid(), SIGWINCH);
  Turn();
  struct winsize size = {};
  ASSERT_EQ(ioctl(terminal_.get(), TIOCGWINSZ, &size), 0);
  EXPECT_EQ(size.ws_row, 42);
  EXPECT_EQ(size.ws_col, 99);
}

// The output is a pipe that nobody reads until the program has ended.
TEST_F(SessionTest, NothingIsLostWhenTheReaderIsSlow) {
  int ends[2], interrupt[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  ASSERT_EQ(pipe2(interrupt, O_CLOEXEC), 0);
  const sys::Fd reader(ends[0]), nobody(interrupt[0]), silent(interrupt[1]);
  sys::Fd output(ends[1]);
  const sys::Fd input(open("/dev/null", O_RDONLY));
  Start(input.get(), output.get());
  ASSERT_EQ(fcntl(terminal_.get(), F_SETFL, O_NONBLOCK), 0);
  size_t written = 0;
  const std::string line(99, 'x');
  for (int silence = 0; silence < 3;) {
    const ssize_t count = write(terminal_.get(), line.data(), line.size());
    silence = count > 0 ? 0 : silence + 1;
    written += count > 0 ? static_cast<size_t>(count) : 0;
    Turn();
  }
  terminal_.Reset();
  const pid_t drain = fork();
  if (drain == 0) {
    session_->Drain(nobody.get());
    _exit(0);
  }
  output.Reset();
  session_.reset();
  size_t come = 0;
  while (const size_t count = ReadSome(reader.get()).size()) come += count;
  EXPECT_EQ(come, written);
  EXPECT_GT(come, size_t{64} << 10);
}

}  // namespace
}  // namespace cleat::tty
