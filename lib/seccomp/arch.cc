#include "lib/seccomp/arch.h"

#include <linux/audit.h>

#include <algorithm>
#include <iterator>

namespace cleat::seccomp {
namespace {

constexpr uint32_t kX32Bit = 0x40000000;

// In the order of ArchIndex.
constexpr Arch kArches[] = {
    {kX8664, "SCMP_ARCH_X86_64", "amd64", AUDIT_ARCH_X86_64, 0, true},
    {kX86, "SCMP_ARCH_X86", "x86", AUDIT_ARCH_I386, 0, false},
    {kX32, "SCMP_ARCH_X32", "x32", AUDIT_ARCH_X86_64, kX32Bit, false},
    {kAarch64, "SCMP_ARCH_AARCH64", "arm64", AUDIT_ARCH_AARCH64, 0, true},
    {kArm, "SCMP_ARCH_ARM", "arm", AUDIT_ARCH_ARM, 0, false},
};
static_assert(std::size(kArches) == kArchCount);

// Of machines that this program does not run on: a filter need not know their
// calls, for no process there can make one. runtime-spec, config-linux.md.
constexpr absl::string_view kForeign[] = {
    "SCMP_ARCH_MIPS",     "SCMP_ARCH_MIPS64",   "SCMP_ARCH_MIPS64N32",
    "SCMP_ARCH_MIPSEL",   "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32",
    "SCMP_ARCH_PPC",      "SCMP_ARCH_PPC64",    "SCMP_ARCH_PPC64LE",
    "SCMP_ARCH_S390",     "SCMP_ARCH_S390X",    "SCMP_ARCH_PARISC",
    "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64",  "SCMP_ARCH_LOONGARCH64",
    "SCMP_ARCH_M68K",     "SCMP_ARCH_SH",       "SCMP_ARCH_SHEB",
};

// By name. The kernel's arch/*/syscall*.tbl; from 424 on all arches have the
// same numbers.
constexpr Syscall kSyscalls[] = {
#include "lib/seccomp/syscalls.inc"
};

constexpr Multiplexed kMultiplexed[] = {
    {"accept", "socketcall", 5},
    {"accept4", "socketcall", 18},
    {"bind", "socketcall", 2},
    {"connect", "socketcall", 3},
    {"getpeername", "socketcall", 7},
    {"getsockname", "socketcall", 6},
    {"getsockopt", "socketcall", 15},
    {"listen", "socketcall", 4},
    {"msgctl", "ipc", 14},
    {"msgget", "ipc", 13},
    {"msgrcv", "ipc", 12},
    {"msgsnd", "ipc", 11},
    {"recv", "socketcall", 10},
    {"recvfrom", "socketcall", 12},
    {"recvmmsg", "socketcall", 19},
    {"recvmsg", "socketcall", 17},
    {"semctl", "ipc", 3},
    {"semget", "ipc", 2},
    {"semop", "ipc", 1},
    {"semtimedop", "ipc", 4},
    {"send", "socketcall", 9},
    {"sendmmsg", "socketcall", 20},
    {"sendmsg", "socketcall", 16},
    {"sendto", "socketcall", 11},
    {"setsockopt", "socketcall", 14},
    {"shmat", "ipc", 21},
    {"shmctl", "ipc", 24},
    {"shmdt", "ipc", 22},
    {"shmget", "ipc", 23},
    {"shutdown", "socketcall", 13},
    {"socket", "socketcall", 1},
    {"socketpair", "socketcall", 8},
};

// Of a table that is sorted by name.
template <typename Entry, size_t kCount>
const Entry* Find(const Entry (&table)[kCount], absl::string_view name) {
  const Entry* const found =
      std::lower_bound(std::begin(table), std::end(table), name,
                       [](const Entry& entry, absl::string_view wanted) {
                         return entry.name < wanted;
                       });
  return found != std::end(table) && found->name == name ? found : nullptr;
}

}  // namespace

const Arch* FindArch(absl::string_view name) {
  for (const Arch& arch : kArches) {
    if (arch.name == name) return &arch;
  }
  return nullptr;
}

bool IsArchName(absl::string_view name) {
  return FindArch(name) != nullptr ||
         std::find(std::begin(kForeign), std::end(kForeign), name) !=
             std::end(kForeign);
}

const Arch& GetArch(ArchIndex index) { return kArches[index]; }

const Arch& NativeArch() {
#if defined(__x86_64__)
  return kArches[kX8664];
#elif defined(__aarch64__)
  return kArches[kAarch64];
#else
#error "lib/seccomp/syscalls.inc has no numbers of this machine's"
#endif
}

const Syscall* FindSyscall(absl::string_view name) {
  return Find(kSyscalls, name);
}

SyscallTable Syscalls() { return {std::begin(kSyscalls), std::end(kSyscalls)}; }

const Multiplexed* FindMultiplexed(absl::string_view name) {
  return Find(kMultiplexed, name);
}

}  // namespace cleat::seccomp
