#ifndef CLEAT_LIB_LOG_WHEN_H_
#define CLEAT_LIB_LOG_WHEN_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace cleat::log {

// A time as `docker logs --since` takes it: how long before `now` ("90s",
// "1h30m"), RFC 3339 or its beginning ("2024-05-06T07:08:09.5Z",
// "2024-05-06T07:08", "2024-05-06"; without a zone in the local one), or
// seconds since 1970 ("1714979289.5"). kInvalidArgument for anything else.
absl::StatusOr<absl::Time> ParseWhen(absl::string_view text, absl::Time now);

}  // namespace cleat::log

#endif  // CLEAT_LIB_LOG_WHEN_H_
