#ifndef CLEAT_LIB_LOG_FILE_H_
#define CLEAT_LIB_LOG_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/log/options.h"
#include "lib/sys/fd.h"

namespace cleat::log {

// The file that a log is written to, and as it grows its older parts: LOG is
// the current one, LOG.1 the one before, LOG.2 older still, as Docker names
// them. LOG is there at every moment, so that a reader never misses it.
class File {
 public:
  // Opens or makes `path`, which is absolute. What was there goes on.
  static absl::StatusOr<File> Open(const std::string& path,
                                   const Options& options);

  // Appends an object, with one write. When the file has reached its size, it
  // begins the next one before; as with Docker, a file is larger than max_size
  // by a part of one object at most.
  absl::Status Append(absl::string_view object);

  // Its only descriptor, for who closes all others; it changes with each file.
  int descriptor() const { return fd_.get(); }

 private:
  File() = default;
  absl::Status Rotate();
  std::string Numbered(int number) const;

  std::string path_;
  Options options_;
  sys::Fd fd_;
  int64_t size_ = 0;
};

}  // namespace cleat::log

#endif  // CLEAT_LIB_LOG_FILE_H_
