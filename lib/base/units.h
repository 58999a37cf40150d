#ifndef CLEAT_LIB_BASE_UNITS_H_
#define CLEAT_LIB_BASE_UNITS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Quantities as people type them. Every error is kInvalidArgument and says
// what would be right.

namespace cleat {

// "4096", "64k", "256m", "1.5g", "1GiB", "10mb": bytes, powers of 1024 whatever
// the suffix, as docker run has them. No negative size.
absl::StatusOr<int64_t> ParseBytes(absl::string_view text);

// As above; "max", "unlimited" and "-1" are -1.
absl::StatusOr<int64_t> ParseBytesOrUnlimited(absl::string_view text);

// "max", "unlimited" and "-1" are -1; else a whole number from 0 on.
absl::StatusOr<int64_t> ParseCount(absl::string_view text);

// "100ms", "1.5s", "2m", "1h", "500us"; a bare number is seconds.
// Microseconds.
absl::StatusOr<int64_t> ParseDuration(absl::string_view text);

// "1.5" is 1500000000: at most nine decimals, not negative.
absl::StatusOr<int64_t> ParseNano(absl::string_view text);

// "0755": an octal number up to 07777.
absl::StatusOr<int64_t> ParseOctal(absl::string_view text);

// "0-2,4": the numbers in order, each once. cpuset(7), "List format".
absl::StatusOr<std::vector<int>> ParseList(absl::string_view text);

// 1536 is "1.5KiB": for tables.
std::string FormatBytes(int64_t bytes);

}  // namespace cleat

#endif  // CLEAT_LIB_BASE_UNITS_H_
