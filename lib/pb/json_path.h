#ifndef CLEAT_LIB_PB_JSON_PATH_H_
#define CLEAT_LIB_PB_JSON_PATH_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// JSON for people to look at.

namespace cleat::pb {

enum class JsonForm { kLine, kIndented };

// The same JSON in one line, or indented by two spaces.
absl::StatusOr<std::string> FormatJson(absl::string_view json, JsonForm form);

// The value at a path of names and list positions: "process.state.init.pid",
// "image.state.layers.0.digest". A string comes without quotes, what is no
// scalar as one line of JSON. kNotFound names the part of the path that is
// missing and what is there.
absl::StatusOr<std::string> GetJsonField(absl::string_view json,
                                         absl::string_view path);

}  // namespace cleat::pb

#endif  // CLEAT_LIB_PB_JSON_PATH_H_
