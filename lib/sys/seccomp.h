#ifndef CLEAT_LIB_SYS_SECCOMP_H_
#define CLEAT_LIB_SYS_SECCOMP_H_

#include <linux/filter.h>

#include <cstdint>
#include <vector>

namespace cleat::sys {

// Filters the system calls of this process and of all that it will run, from
// now on (seccomp(2), SECCOMP_SET_MODE_FILTER; `flags` are
// SECCOMP_FILTER_FLAG_*). Needs no_new_privs or CAP_SYS_ADMIN. For a child
// before exec: allocates nothing; -1 with errno is failure.
int LoadFilter(const std::vector<sock_filter>& program, uint32_t flags);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_SECCOMP_H_
