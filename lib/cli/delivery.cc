#include "lib/cli/delivery.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/in_place.h"
#include "lib/sys/interrupt.h"

namespace cleat::cli {
namespace {

constexpr size_t kMaxInput = size_t{64} << 20;
constexpr int kDrainMs = 2000;

bool IsRegular(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

// A pipe, a device.
bool IsSpecial(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
}

int64_t NowMs() {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000} + now.tv_nsec / 1000000;
}

absl::Status ReaderIsGone() {
  return absl::UnavailableError("write the document: nobody reads it");
}

// Waits until the pipe is empty. Nothing wakes a writer at that moment, so
// this looks again in growing intervals; a reader that goes away wakes it.
absl::Status WaitUntilTaken(int fd) {
  for (int wait_us = 50;; wait_us = std::min(wait_us * 2, 10000)) {
    int unread = 0;
    if (ioctl(fd, FIONREAD, &unread) != 0) return absl::OkStatus();
    if (unread == 0) return absl::OkStatus();
    struct pollfd pipe = {fd, 0, 0};
    const struct timespec wait = {0, wait_us * 1000L};
    if (ppoll(&pipe, 1, &wait, nullptr) > 0 && (pipe.revents & POLLERR) != 0) {
      return ReaderIsGone();
    }
    CLEAT_RETURN_IF_ERROR(sys::CheckInterrupt());
  }
}

absl::Status WriteStream(int fd, absl::string_view text, absl::string_view name,
                         bool confirm) {
  const absl::Status written = sys::WriteAll(fd, text, name);
  if (!written.ok()) return errno == EPIPE ? ReaderIsGone() : written;
  struct stat info;
  const bool pipe = fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode);
  return confirm && pipe ? WaitUntilTaken(fd) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadInput(const std::string& tool,
                                      const std::string& file) {
  if (!file.empty() && file != "-") return sys::ReadFile(file, kMaxInput);
  if (isatty(STDIN_FILENO) == 1) {
    const std::string hint = absl::StrCat(
        tool, ": waiting for a document on standard input (--help)\n");
    CLEAT_RETURN_IF_ERROR(sys::WriteAll(STDERR_FILENO, hint, "the terminal"));
  }
  return sys::ReadAll(STDIN_FILENO, kMaxInput, "standard input");
}

std::string DrainInput() {
  std::string text;
  char buffer[65536];
  if (isatty(STDIN_FILENO) == 1) return text;
  const int64_t deadline = NowMs() + kDrainMs;
  while (text.size() < kMaxInput) {
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    const int64_t left = std::max<int64_t>(deadline - NowMs(), 0);
    if (poll(&input, 1, static_cast<int>(left)) <= 0) break;
    const ssize_t count = read(STDIN_FILENO, buffer, sizeof(buffer));
    if (count <= 0) break;
    text.append(buffer, static_cast<size_t>(count));
  }
  return text;
}

bool KeepsOutput(const std::string& output_file) {
  return output_file.empty() ? IsRegular(STDOUT_FILENO)
                             : !IsSpecial(output_file);
}

absl::Status Deliver(absl::string_view text, const DeliveryOptions& options) {
  if (options.file.empty()) {
    return WriteStream(STDOUT_FILENO, text, "standard output", options.confirm);
  }
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd, sys::OpenInPlace(options.file));
  if (fd.valid()) {
    return WriteStream(fd.get(), text, options.file, options.confirm);
  }
  if (options.if_changed) {
    const absl::StatusOr<std::string> old =
        sys::ReadFile(options.file, kMaxInput);
    if (old.ok() && *old == text) return absl::OkStatus();
  }
  return sys::WriteFileAtomic(options.file, text);
}

}  // namespace cleat::cli
