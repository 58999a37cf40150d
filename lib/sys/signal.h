#ifndef CLEAT_LIB_SYS_SIGNAL_H_
#define CLEAT_LIB_SYS_SIGNAL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::sys {

// A signal's number from "TERM", "SIGTERM", "term", "15", "RTMIN+3" or
// "RTMAX-1"; kInvalidArgument otherwise.
absl::StatusOr<int> SignalNumber(absl::string_view name);

// "TERM"; the number in decimal for one without a name of its own.
std::string SignalName(int signal);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_SIGNAL_H_
