#ifndef CLEAT_LIB_LOG_READER_H_
#define CLEAT_LIB_LOG_READER_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/log/json_file.h"

namespace cleat::log {

// One object of the file.
struct Entry {
  std::string text;
  Stream stream = Stream::kStdout;
  absl::Time time;
};

// Which entries are read: of the last `tail` (-1: of all) those of these times.
struct Selection {
  int64_t tail = -1;
  absl::Time since = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();
};

using Sink = absl::FunctionRef<absl::Status(const Entry&)>;

// Reads one line of the file. kDataLoss when it is none.
absl::StatusOr<Entry> ParseEntry(absl::string_view line);

// Calls `sink` for each selected entry of the log at `path`, its older files
// included, in order, and returns its first error. Reading ends with the first
// entry later than `until`. A last line that is not complete yet is left out.
absl::Status Replay(const std::string& path, const Selection& selection,
                    Sink sink);

// The same, and then goes on with what is appended, from file to file, until
// `writer`, the pidfd of the process that writes the log, says that it has
// ended. It sleeps while there is nothing to do.
absl::Status Follow(const std::string& path, const Selection& selection,
                    int writer, Sink sink);

// As `docker logs --timestamps` has it: RFC 3339 in UTC, nine decimals.
std::string FormatTimestamp(absl::Time time);

}  // namespace cleat::log

#endif  // CLEAT_LIB_LOG_READER_H_
