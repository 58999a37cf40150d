#ifndef CLEAT_LIB_SECCOMP_INTERPRETER_H_
#define CLEAT_LIB_SECCOMP_INTERPRETER_H_

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <vector>

namespace cleat::seccomp {

// What a program decides for a call: SECCOMP_RET_* with its data.
uint32_t Interpret(const std::vector<sock_filter>& program,
                   const struct seccomp_data& call);

// Whether the kernel would take it: its length, every instruction and every
// jump (net/core/filter.c, bpf_check_classic; kernel/seccomp.c,
// seccomp_check_filter), as far as Cleat and libseccomp use them.
bool IsValid(const std::vector<sock_filter>& program);

}  // namespace cleat::seccomp

#endif  // CLEAT_LIB_SECCOMP_INTERPRETER_H_
