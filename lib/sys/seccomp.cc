#include "lib/sys/seccomp.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace cleat::sys {

int LoadFilter(const std::vector<sock_filter>& program, uint32_t flags) {
  const struct sock_fprog filter = {static_cast<unsigned short>(program.size()),
                                    const_cast<sock_filter*>(program.data())};
  return static_cast<int>(
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter));
}

}  // namespace cleat::sys
