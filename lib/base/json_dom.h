#ifndef CLEAT_LIB_BASE_JSON_DOM_H_
#define CLEAT_LIB_BASE_JSON_DOM_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rapidjson/document.h"

namespace cleat::base {

// Foreign JSON to be passed on with all that it holds, known or not. As
// JsonDocument::Parse (lib/base/json.h), and kInvalidArgument for what cannot
// be written again: nested deeper than 200 levels, for who writes a DOM
// descends into it, or a number that is too large.
absl::StatusOr<rapidjson::Document> ParseJsonDom(const std::string& text,
                                                 absl::string_view name);

}  // namespace cleat::base

#endif  // CLEAT_LIB_BASE_JSON_DOM_H_
