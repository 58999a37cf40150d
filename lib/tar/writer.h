#ifndef CLEAT_LIB_TAR_WRITER_H_
#define CLEAT_LIB_TAR_WRITER_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/tar/entry.h"

namespace cleat::tar {

// Takes the archive's bytes as they are made.
using Sink = std::function<absl::Status(absl::string_view)>;

// Writes an archive whose bytes depend on nothing but the entries: ustar
// headers, and a PAX header before an entry only for what ustar cannot hold
// (long or non-ASCII names, ids beyond 21 bits, sizes from 8 GiB on, xattrs,
// times before 1970 or with nanoseconds). No user names are written.
class Writer {
 public:
  explicit Writer(Sink sink) : sink_(std::move(sink)) {}

  // Begins an entry. A file's `size` bytes of data follow with Write; a sparse
  // entry is not taken. kInvalidArgument for a name or a value that no archive
  // holds, kFailedPrecondition when the entry before lacks data.
  absl::Status Add(const Entry& entry);

  // More of the file's data. kFailedPrecondition beyond its size.
  absl::Status Write(absl::string_view data);

  // The end of the archive: two blocks of zeros.
  absl::Status Finish();

 private:
  absl::Status EndEntry();

  Sink sink_;
  int64_t left_ = 0;
  int64_t padding_ = 0;
};

}  // namespace cleat::tar

#endif  // CLEAT_LIB_TAR_WRITER_H_
