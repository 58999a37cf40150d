#ifndef CLEAT_LIB_SECCOMP_FILTER_H_
#define CLEAT_LIB_SECCOMP_FILTER_H_

#include <cstdint>
#include <vector>

#include "lib/seccomp/arch.h"

// A filter of system calls, resolved: what a profile says once it is known for
// which machine and which container (seccomp(2)).

namespace cleat::seccomp {

// Comparisons are of unsigned numbers.
enum class Operator : uint8_t {
  kNotEqual,
  kLess,
  kLessEqual,
  kEqual,
  kGreaterEqual,
  kGreater,
  // (argument & value) == value_two
  kMaskedEqual,
};

struct Condition {
  // Of the argument, 0 to 5.
  uint8_t index = 0;
  Operator op = Operator::kEqual;
  uint64_t value = 0;
  uint64_t value_two = 0;
};

struct Rule {
  const Syscall* syscall = nullptr;
  // SECCOMP_RET_* with its data.
  uint32_t action = 0;
  // All hold, each about another argument; none: always.
  std::vector<Condition> conditions;
};

struct Filter {
  uint32_t default_action = 0;
  // Calls of any other arch kill the thread, as with libseccomp.
  std::vector<const Arch*> arches;
  // Of those about one call, one without conditions decides before all others;
  // else the first that holds.
  std::vector<Rule> rules;
  // SECCOMP_FILTER_FLAG_* for the load.
  uint32_t flags = 0;
};

}  // namespace cleat::seccomp

#endif  // CLEAT_LIB_SECCOMP_FILTER_H_
