#ifndef CLEAT_LIB_LOG_READER_H_
#define CLEAT_LIB_LOG_READER_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/log/json_file.h"

namespace cleat::log {

// One object of the file.
struct Entry {
  std::string text;
  Stream stream = Stream::kStdout;
  // RFC 3339.
  std::string time;
};

// Reads one line of the file. kDataLoss when it is none.
absl::StatusOr<Entry> ParseEntry(absl::string_view line);

// Calls `sink` for each entry of the log at `path` in order, and returns its
// first error. A last line that is not complete yet is left out.
absl::Status Replay(const std::string& path,
                    absl::FunctionRef<absl::Status(const Entry&)> sink);

// The same, and then goes on with what is appended until `ended` says, at an
// end of the file, that no more will come. It looks every 50 ms at most and as
// soon as the file changes.
absl::Status Follow(const std::string& path,
                    absl::FunctionRef<absl::Status(const Entry&)> sink,
                    absl::FunctionRef<bool()> ended);

}  // namespace cleat::log

#endif  // CLEAT_LIB_LOG_READER_H_
