#ifndef CLEAT_LIB_SYS_FD_H_
#define CLEAT_LIB_SYS_FD_H_

#include <unistd.h>

#include <utility>

namespace cleat::sys {

// Owns one file descriptor and closes it. Move-only; every descriptor that
// these libraries open is CLOEXEC.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&& other) noexcept {
    Reset(other.Release());
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { Reset(); }

  // -1 when nothing is owned.
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

  // Gives the descriptor up without closing it.
  int Release() { return std::exchange(fd_, -1); }

  // Closes what is owned and takes `fd` over. close(2) is never repeated on
  // EINTR: Linux has released the number by then.
  void Reset(int fd = -1) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_FD_H_
