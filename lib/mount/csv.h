#ifndef CLEAT_LIB_MOUNT_CSV_H_
#define CLEAT_LIB_MOUNT_CSV_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::mount {

// Splits one record of comma-separated values as docker's --mount reads it
// (RFC 4180 as Go's encoding/csv has it): a field that begins with '"' ends at
// the next one that is not doubled, so that `"src=/a,b",dst=/c` has two fields.
// kInvalidArgument for a quote inside a plain field, one that is not closed,
// and text behind one; for a line's end outside of quotes, and for an empty
// record.
absl::StatusOr<std::vector<std::string>> ParseCsv(absl::string_view record);

}  // namespace cleat::mount

#endif  // CLEAT_LIB_MOUNT_CSV_H_
