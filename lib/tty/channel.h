#ifndef CLEAT_LIB_TTY_CHANNEL_H_
#define CLEAT_LIB_TTY_CHANNEL_H_

#include <cstddef>
#include <string>

namespace cleat::tty {

// One direction of a relay: bytes from one descriptor to another, through a
// buffer that is bounded, so that who writes faster than the other reads is
// held up and nothing is lost. It reads and writes when it is told that poll(2)
// says so, each time once, and so little that a writer does not block.
class Channel {
 public:
  // Neither is owned.
  Channel(int from, int to) : from_(from), to_(to) {}

  int from() const { return from_; }
  int to() const { return to_; }

  // Whether it waits to read, or to write.
  bool WantsInput() const { return !ended_ && buffer_.size() < kLimit; }
  bool WantsOutput() const { return !buffer_.empty(); }

  // Takes what is there; false when there is none at present, or no more.
  bool Read();
  void Write();

  // Puts text behind what has been read.
  void Append(const std::string& text) { buffer_ += text; }

  // Reads no more.
  void End() { ended_ = true; }

  // There will be no more to read: the end, or an error.
  bool ended() const { return ended_; }
  // Nobody takes the output any more. What is read is thrown away.
  bool broken() const { return broken_; }
  // The last byte that was read; '\n' before the first.
  char last() const { return last_; }

 private:
  static constexpr size_t kLimit = size_t{64} << 10;

  int from_;
  int to_;
  bool ended_ = false;
  bool broken_ = false;
  char last_ = '\n';
  std::string buffer_;
};

}  // namespace cleat::tty

#endif  // CLEAT_LIB_TTY_CHANNEL_H_
