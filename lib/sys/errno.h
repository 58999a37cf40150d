#ifndef CLEAT_LIB_SYS_ERRNO_H_
#define CLEAT_LIB_SYS_ERRNO_H_

#include <errno.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace cleat::sys {

// The status of a system call that has just set errno, `act` naming what was
// done to what: "open /etc/passwd: No such file or directory". The code is
// absl::ErrnoToStatusCode's: kNotFound for ENOENT, kPermissionDenied for EPERM
// and EACCES, kAlreadyExists for EEXIST.
template <typename... Act>
absl::Status ErrnoError(const Act&... act) {
  const int error = errno;
  return absl::ErrnoToStatus(error, absl::StrCat(act...));
}

// Repeats `call` while it is interrupted by a signal.
template <typename Call>
auto RetryOnEintr(const Call& call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_ERRNO_H_
