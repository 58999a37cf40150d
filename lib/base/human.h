#ifndef CLEAT_LIB_BASE_HUMAN_H_
#define CLEAT_LIB_BASE_HUMAN_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

// Quantities as docker's tables show them (docker/go-units: size.go,
// duration.go).

namespace cleat {

// "0B", "999B", "1.5kB", "3.03MB": three digits, powers of 1000.
std::string FormatDecimalBytes(int64_t bytes);

// "Less than a second", "About a minute", "3 hours", "2 weeks".
std::string FormatAge(absl::Duration age);

}  // namespace cleat

#endif  // CLEAT_LIB_BASE_HUMAN_H_
