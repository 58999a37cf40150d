#ifndef CLEAT_LIB_CLI_VALUE_H_
#define CLEAT_LIB_CLI_VALUE_H_

#include <string>

#include "absl/status/status.h"
#include "lib/pb/table.h"

namespace cleat::cli {

// Puts the value that people typed for `flag` into the options message: parsed
// by the flag's type and unit; replacing a scalar, appending to a list.
// kInvalidArgument says what would be right, without the flag's name.
absl::Status PutValue(const pb::Flag& flag, const std::string& text,
                      void* options);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_VALUE_H_
