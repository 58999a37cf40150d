#ifndef CLEAT_LIB_LOG_JSON_FILE_H_
#define CLEAT_LIB_LOG_JSON_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/log/file.h"

// A container's output as Docker's json-file driver keeps it (moby,
// daemon/logger/jsonfilelog): an object per line of output,
//
//   {"log":"text\n","stream":"stdout","time":"2024-05-06T07:08:09.123456789Z"}
//
// where a "log" that does not end in \n goes on in the next object of its
// stream. JSON has no bytes: what is not UTF-8 becomes U+FFFD, as in Docker.

namespace cleat::log {

enum class Stream { kStdout, kStderr };

// Cuts a stream's bytes into lines, and appends each to the log as it is
// complete, or as 16 KiB of it have come.
class Writer {
 public:
  // `file` is shared by both streams; not owned.
  Writer(File* file, Stream stream) : file_(file), stream_(stream) {}

  absl::Status Write(absl::string_view bytes);
  // Writes what waits for the rest of its line.
  absl::Status Flush();

 private:
  absl::Status Emit(absl::string_view text);

  File* file_;
  Stream stream_;
  std::string line_;
};

}  // namespace cleat::log

#endif  // CLEAT_LIB_LOG_JSON_FILE_H_
