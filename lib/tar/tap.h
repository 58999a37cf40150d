#ifndef CLEAT_LIB_TAR_TAP_H_
#define CLEAT_LIB_TAR_TAP_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/tar/entry.h"

namespace cleat::tar {

// Sees every byte of the archive that a Reader reads, once, in order, and what
// each is: put together, what OnRaw and OnData were given is the archive. An
// error ends the reading.
class Tap {
 public:
  virtual ~Tap() = default;

  // No file's data: headers, padding, zeros at the end and what follows them.
  // The stored data and the maps of sparse files come here, too.
  virtual absl::Status OnRaw(absl::string_view bytes) = 0;

  // The headers of an entry have passed by. Its data follow, if it has any.
  virtual absl::Status OnEntry(const Entry& entry) = 0;

  // Of the last entry's file, `entry.size` bytes together.
  virtual absl::Status OnData(absl::string_view bytes) = 0;

  // The archive's end has been read: its blocks of zeros, where it has any.
  // Whatever follows comes to OnRaw.
  virtual absl::Status OnEnd() = 0;
};

}  // namespace cleat::tar

#endif  // CLEAT_LIB_TAR_TAP_H_
