#ifndef CLEAT_LIB_LOG_PARTS_H_
#define CLEAT_LIB_LOG_PARTS_H_

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

// The files of a log (lib/log/file.h) for reading, while they are written and
// take each other's places.

namespace cleat::log {

// One file, open at where reading goes on.
struct Part {
  sys::Fd fd;
  dev_t device = 0;
  ino_t inode = 0;

  bool IsSame(const Part& other) const {
    return inode == other.inode && device == other.device;
  }
};

// All there are, oldest first; the last one is being written. kNotFound when
// there is no log.
absl::StatusOr<std::vector<Part>> OpenParts(const std::string& path);

// Drops from `parts` what comes before their last `count` lines, and leaves the
// first that is left at the first of these. Reads no more of the files than
// that. A last line without end is none.
absl::Status SeekToTail(int64_t count, std::vector<Part>* parts);

// The parts that came after `part` until now, oldest first; none while it is
// being written itself. Where it is gone already they are all there are.
absl::StatusOr<std::vector<Part>> PartsAfter(const std::string& path,
                                             const Part& part);

}  // namespace cleat::log

#endif  // CLEAT_LIB_LOG_PARTS_H_
