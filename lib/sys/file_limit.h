#ifndef CLEAT_LIB_SYS_FILE_LIMIT_H_
#define CLEAT_LIB_SYS_FILE_LIMIT_H_

namespace cleat::sys {

// Lets this process, and what it starts, have as many open files as it may
// (RLIMIT_NOFILE, its soft limit raised to the hard one), where possible.
void RaiseFileLimit();

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_FILE_LIMIT_H_
