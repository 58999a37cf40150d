#ifndef CLEAT_LIB_LOG_OPTIONS_H_
#define CLEAT_LIB_LOG_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::log {

// How a container's log is kept: what docker run's --log-driver and --log-opt
// say for the drivers json-file and none.
struct Options {
  // False: nothing is kept.
  bool keep = true;
  // A file that has this many bytes is followed by the next one; 0: never.
  int64_t max_size = 0;
  // So many files at most, the current one included.
  int max_files = 1;
};

// `driver` is "json-file" (or empty) or "none"; each of `pairs` is
// "max-size=SIZE" (64k, 10m) or "max-file=N". kInvalidArgument names what is
// wrong.
absl::StatusOr<Options> ParseOptions(absl::string_view driver,
                                     const std::vector<std::string>& pairs);

}  // namespace cleat::log

#endif  // CLEAT_LIB_LOG_OPTIONS_H_
