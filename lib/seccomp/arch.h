#ifndef CLEAT_LIB_SECCOMP_ARCH_H_
#define CLEAT_LIB_SECCOMP_ARCH_H_

#include <cstdint>

#include "absl/strings/string_view.h"

// The calling conventions that a process may use, and the numbers of system
// calls in each. All of them are little-endian.

namespace cleat::seccomp {

enum ArchIndex { kX8664, kX86, kX32, kAarch64, kArm, kArchCount };

struct Arch {
  ArchIndex index;
  // libseccomp's: "SCMP_ARCH_X86_64".
  absl::string_view name;
  // Docker's, in `includes` and `excludes`: "amd64".
  absl::string_view docker_name;
  // AUDIT_ARCH_* of linux/audit.h; that of x86_64 stands for x32, too.
  uint32_t audit;
  // The lowest number: x32's have __X32_SYSCALL_BIT set.
  uint32_t base;
  // Arguments have 64 bits, else the upper halves are not looked at.
  bool wide;
};

// By libseccomp's name; nullptr for what is not among the above.
const Arch* FindArch(absl::string_view name);

// Whether libseccomp knows this name, at least.
bool IsArchName(absl::string_view name);

const Arch& GetArch(ArchIndex index);

// Of this binary.
const Arch& NativeArch();

// A system call by its name (syscalls(2)). A number is -1 where an arch does
// not have the call, and without the arch's base.
struct Syscall {
  absl::string_view name;
  int32_t numbers[kArchCount];
};

// nullptr when there is no such call anywhere.
const Syscall* FindSyscall(absl::string_view name);

struct SyscallTable {
  const Syscall* first;
  const Syscall* last;
  const Syscall* begin() const { return first; }
  const Syscall* end() const { return last; }
};

// All of them, by name.
SyscallTable Syscalls();

// On x86 the calls of sockets and of System V IPC go through socketcall(2) and
// ipc(2), which take this number first (linux/net.h, linux/ipc.h), besides the
// numbers of their own that Linux 4.3 and 5.1 gave to most.
struct Multiplexed {
  absl::string_view name;
  absl::string_view through;
  uint32_t number;
};

// nullptr for all others.
const Multiplexed* FindMultiplexed(absl::string_view name);

}  // namespace cleat::seccomp

#endif  // CLEAT_LIB_SECCOMP_ARCH_H_
