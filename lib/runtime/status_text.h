#ifndef CLEAT_LIB_RUNTIME_STATUS_TEXT_H_
#define CLEAT_LIB_RUNTIME_STATUS_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace cleat::runtime {

// A status on its way from one process to another: its code, the exit status of
// an exec that failed (sys::kExitStatusPayload), and its message of any lines.
std::string StatusToText(const absl::Status& status);

// The other way round; kAborted for what is no such text, as when the other
// process was killed while it wrote.
absl::Status StatusFromText(absl::string_view text);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_STATUS_TEXT_H_
