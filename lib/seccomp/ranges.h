#ifndef CLEAT_LIB_SECCOMP_RANGES_H_
#define CLEAT_LIB_SECCOMP_RANGES_H_

#include <cstdint>
#include <vector>

#include "lib/seccomp/filter.h"

// The numbers of system calls, cut into ranges that are decided alike.

namespace cleat::seccomp {

// What is done when all conditions hold.
struct Clause {
  uint32_t action = 0;
  std::vector<Condition> conditions;
};

// The first clause that holds decides, else `otherwise`.
struct Outcome {
  std::vector<Clause> clauses;
  uint32_t otherwise = 0;
  // Arguments have 64 bits.
  bool wide = true;
};

// All numbers from `first` to the next range's.
struct Range {
  uint32_t first = 0;
  Outcome outcome;
};

// Every number that a process of this AUDIT_ARCH_* can use, in order, from 0.
std::vector<Range> MakeRanges(const Filter& filter, uint32_t audit);

}  // namespace cleat::seccomp

#endif  // CLEAT_LIB_SECCOMP_RANGES_H_
