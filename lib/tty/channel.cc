#include "lib/tty/channel.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>

#include "lib/sys/errno.h"

namespace cleat::tty {
namespace {

constexpr size_t kBlock = size_t{16} << 10;

// A pipe that poll(2) says is writable has room for this much: it may be the
// caller's, shared and blocking, and has to stay so.
constexpr size_t kMaxWrite = PIPE_BUF;

bool IsForNow(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

bool Channel::Read() {
  char block[kBlock];
  const ssize_t count = read(from_, block, sizeof(block));
  if (count <= 0) {
    ended_ = count == 0 || !IsForNow(errno);
    return false;
  }
  last_ = block[count - 1];
  if (!broken_) buffer_.append(block, static_cast<size_t>(count));
  return true;
}

void Channel::Write() {
  const ssize_t count =
      write(to_, buffer_.data(), std::min(buffer_.size(), kMaxWrite));
  if (count >= 0) {
    buffer_.erase(0, static_cast<size_t>(count));
  } else if (!IsForNow(errno)) {
    broken_ = true;
    buffer_.clear();
  }
}

}  // namespace cleat::tty
