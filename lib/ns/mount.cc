#include "lib/ns/mount.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

constexpr char kBinfmt[] = "/proc/sys/fs/binfmt_misc";
constexpr unsigned long kPrivate = MS_REC | MS_PRIVATE;

absl::Status WithCure(const absl::Status& status, absl::string_view cure) {
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), " (", cure, ")"));
}

absl::Status MountFileSystem(const char* type, const std::string& at,
                             const char* cure) {
  trace::Span span("mount", type);
  if (mount(type, at.c_str(), type, MS_NOSUID | MS_NOEXEC | MS_NODEV,
            nullptr) == 0) {
    return absl::OkStatus();
  }
  const int error = errno;
  span.Fail(error);
  const absl::Status status =
      absl::ErrnoToStatus(error, absl::StrCat("mount ", at, " failed"));
  return error == EPERM ? WithCure(status, cure) : status;
}

absl::Status SetUpBinfmt(const Request& request) {
  if (request.binfmt.empty()) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(MountBinfmt(request.binfmt));
  if (request.interpreter.empty() ||
      (IsOpenedAtOnce(request.interpreter) && !request.root.empty())) {
    return absl::OkStatus();
  }
  return RegisterInterpreter(request.binfmt, request.interpreter);
}

}  // namespace

absl::Status SetPropagation(unsigned long flags) {
  if (flags == 0) return absl::OkStatus();
  trace::Span span("set propagation of", "/");
  if (mount("none", "/", nullptr, flags, nullptr) == 0) return absl::OkStatus();
  span.Fail(errno);
  return sys::ErrnoError("cannot change root filesystem propagation");
}

absl::Status ChangeRoot(const std::string& root, const std::string& directory) {
  if (!root.empty() && chroot(root.c_str()) != 0) {
    return sys::ErrnoError("cannot change root directory to '", root, "'");
  }
  if (root.empty() && directory.empty()) return absl::OkStatus();
  const std::string& to = directory.empty() ? "/" : directory;
  if (chdir(to.c_str()) == 0) return absl::OkStatus();
  return sys::ErrnoError("cannot change directory to ", to);
}

// A proc of the old namespaces below may be shared although "/" is not.
absl::Status MountProc(const Request& request) {
  const char* at = request.proc.c_str();
  if (request.root.empty() && request.propagation != kPrivate &&
      mount("none", at, nullptr, kPrivate, nullptr) != 0 && errno != EINVAL) {
    return sys::ErrnoError("cannot change ", at, " filesystem propagation");
  }
  return MountFileSystem("proc", request.proc,
                         "in a user namespace it needs a PID namespace of its "
                         "own, and a /proc below that nothing hides parts of");
}

bool IsOpenedAtOnce(const std::string& interpreter) {
  const std::vector<std::string> fields = absl::StrSplit(interpreter, ':');
  return fields.size() > 7 && fields[7].find('F') != std::string::npos;
}

absl::Status MountBinfmt(const std::string& at) {
  return MountFileSystem("binfmt_misc", at,
                         "in a user namespace it needs Linux 6.7");
}

absl::Status RegisterInterpreter(const std::string& binfmt,
                                 const std::string& interpreter) {
  trace::Span span("register", interpreter);
  const absl::Status status =
      sys::WriteExisting(absl::StrCat(binfmt, "/register"), interpreter);
  if (status.ok()) return status;
  span.Fail(errno);
  return WithCure(status, ":name:type:offset:magic:mask:interpreter:flags");
}

absl::Status SetUpMounts(const Request& request) {
  if ((request.flags & CLONE_NEWNS) != 0) {
    CLEAT_RETURN_IF_ERROR(SetPropagation(request.propagation));
  }
  if (!request.root.empty() && IsOpenedAtOnce(request.interpreter)) {
    CLEAT_RETURN_IF_ERROR(MountBinfmt(kBinfmt));
    CLEAT_RETURN_IF_ERROR(RegisterInterpreter(kBinfmt, request.interpreter));
  }
  CLEAT_RETURN_IF_ERROR(ChangeRoot(request.root, request.directory));
  if (!request.proc.empty()) CLEAT_RETURN_IF_ERROR(MountProc(request));
  return SetUpBinfmt(request);
}

}  // namespace cleat::ns
