#ifndef CLEAT_LIB_RUNTIME_LAUNCHER_LAUNCHER_H_
#define CLEAT_LIB_RUNTIME_LAUNCHER_LAUNCHER_H_

#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

// A process that runs in a container can be looked into by the container: what
// it was executed from is open to whoever may trace it, as /proc/PID/exe. For
// our own binaries, the host's, that would be a way to be written
// (CVE-2019-5736). So what has to live beside a container's processes, or to
// exec a file that they may exchange at any moment, is a program of its own,
// the launcher (launcher.cc), of a few KiB, run from sealed memory.

namespace cleat::runtime {

// The launcher as a file to be executed (execveat(2), AT_EMPTY_PATH): memory
// that is sealed against writing (memfd_create(2)), and gone with its last
// user. kPermissionDenied, with the cure, where the machine forbids programs in
// memory (sysctl vm.memfd_noexec).
absl::StatusOr<sys::Fd> OpenLauncher();

// The variable that tells the launcher what to do.
inline constexpr char kLaunchVariable[] = "CLEAT_LAUNCH";

enum class LaunchMode : char {
  // In its own place.
  kExec = 'x',
  // As a child, until that ends.
  kInit = 'i',
};

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_LAUNCHER_LAUNCHER_H_
