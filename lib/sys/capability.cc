#include "lib/sys/capability.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cleat::sys {
namespace {

// linux/capability.h, in the order of their numbers.
constexpr const char* kNames[] = {
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};
constexpr int kCount = sizeof(kNames) / sizeof(kNames[0]);
static_assert(kCount == 41);

constexpr CapabilitySet Bit(int number) { return CapabilitySet{1} << number; }

constexpr CapabilitySet Joined(uint32_t low, uint32_t high) {
  return CapabilitySet{high} << 32 | low;
}
constexpr uint32_t Low(CapabilitySet set) { return static_cast<uint32_t>(set); }
constexpr uint32_t High(CapabilitySet set) {
  return static_cast<uint32_t>(set >> 32);
}

}  // namespace

absl::StatusOr<int> CapabilityNumber(absl::string_view name) {
  const std::string upper = absl::AsciiStrToUpper(name);
  const absl::string_view wanted = absl::StripPrefix(upper, "CAP_");
  for (int number = 0; number < kCount; ++number) {
    if (absl::StripPrefix(kNames[number], "CAP_") == wanted) return number;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("capability '", name,
                   "': no such capability (names are those of "
                   "capabilities(7), as CAP_CHOWN)"));
}

absl::string_view CapabilityName(int number) {
  return number >= 0 && number < kCount ? kNames[number] : "";
}

// A kernel knows all up to some number, most often those that are named here.
CapabilitySet KnownCapabilities() {
  int count = kCount;
  while (count > 0 && prctl(PR_CAPBSET_READ, count - 1) < 0) --count;
  while (prctl(PR_CAPBSET_READ, count) >= 0) ++count;
  return Bit(count) - 1;
}

CapabilitySets CurrentCapabilities() {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {};
  syscall(SYS_capget, &header, data);
  return {Joined(data[0].effective, data[1].effective),
          Joined(data[0].permitted, data[1].permitted),
          Joined(data[0].inheritable, data[1].inheritable)};
}

int LimitBoundingSet(CapabilitySet keep) {
  for (int number = 0; number < 64; ++number) {
    if ((keep & Bit(number)) != 0) continue;
    if (prctl(PR_CAPBSET_DROP, number) == 0) continue;
    const int error = errno;
    const int has = prctl(PR_CAPBSET_READ, number);
    if (has < 0) return 0;  // beyond the last that the kernel knows
    if (has == 0) continue;
    errno = error;
    return -1;
  }
  return 0;
}

int SetCapabilities(const CapabilitySets& sets) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const struct __user_cap_data_struct data[2] = {
      {Low(sets.effective), Low(sets.permitted), Low(sets.inheritable)},
      {High(sets.effective), High(sets.permitted), High(sets.inheritable)},
  };
  return static_cast<int>(syscall(SYS_capset, &header, data));
}

int SetAmbientSet(CapabilitySet set) {
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return -1;
  for (int number = 0; number < kCount; ++number) {
    if ((set & Bit(number)) != 0 &&
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) != 0) {
      return -1;
    }
  }
  return 0;
}

}  // namespace cleat::sys
