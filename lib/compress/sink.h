#ifndef CLEAT_LIB_COMPRESS_SINK_H_
#define CLEAT_LIB_COMPRESS_SINK_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace cleat::compress {

// Takes bytes as they are made.
using Output = std::function<absl::Status(absl::string_view)>;

// Bytes that are pushed. Encoders are sinks that write to an Output, always on
// the thread that calls them.
class Sink {
 public:
  virtual ~Sink() = default;

  // After an error neither is called again.
  virtual absl::Status Write(absl::string_view data) = 0;
  // Writes what is still held back. Without it the output is not complete.
  virtual absl::Status Finish() = 0;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_SINK_H_
