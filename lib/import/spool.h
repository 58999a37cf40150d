#ifndef CLEAT_LIB_IMPORT_SPOOL_H_
#define CLEAT_LIB_IMPORT_SPOOL_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

namespace cleat::import {

// A plain file to read an archive from, wherever in it.
struct Spool {
  std::string path;
  // Keeps the path valid where the file has no name.
  sys::Fd fd = {};
};

// The archive at `path` ("-": standard input) itself, when it is a plain
// regular file; otherwise a copy, decompressed, in a file without a name in
// `directory`, which is made.
absl::StatusOr<Spool> OpenSpool(const std::string& path,
                                const std::string& directory);

}  // namespace cleat::import

#endif  // CLEAT_LIB_IMPORT_SPOOL_H_
