#ifndef CLEAT_LIB_TAR_PAX_H_
#define CLEAT_LIB_TAR_PAX_H_

#include <time.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "lib/tar/entry.h"
#include "lib/tar/sparse.h"

namespace cleat::tar {

// The records of a PAX extended header that mean something here: POSIX.1-2017
// pax, "pax Extended Header", SCHILY.xattr (star(5)), LIBARCHIVE.xattr
// (libarchive's tar(5)) and GNU.sparse (GNU tar's manual, "Sparse Formats").
// All other keywords are passed over, as POSIX wants.
struct PaxRecords {
  absl::optional<std::string> path;
  absl::optional<std::string> linkpath;
  absl::optional<int64_t> size;
  absl::optional<int64_t> uid;
  absl::optional<int64_t> gid;
  absl::optional<struct timespec> mtime;
  std::vector<Xattr> xattrs;

  // GNU.sparse.major: set makes it format 1.0, whose map is in the data.
  absl::optional<int64_t> sparse_major;
  absl::optional<std::string> sparse_name;
  absl::optional<int64_t> sparse_real_size;
  // Formats 0.0 and 0.1.
  std::vector<Extent> sparse_map;
  bool has_sparse_map = false;
};

// Adds the records in `data`, the body of an extended header. kDataLoss for a
// record that is not "LENGTH KEYWORD=VALUE\n" or has a bad value, naming it.
absl::Status ParsePax(absl::string_view data, PaxRecords* records);

// "-12.5" in seconds; digits beyond nanoseconds are cut off.
absl::StatusOr<struct timespec> ParsePaxTime(absl::string_view text);

}  // namespace cleat::tar

#endif  // CLEAT_LIB_TAR_PAX_H_
