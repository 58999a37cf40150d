#ifndef CLEAT_LIB_PB_JSON_H_
#define CLEAT_LIB_PB_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/pb/table.h"

// Messages as JSON: the proto's lowerCamelCase names, in field order, absent
// fields left out, and 64-bit integers as numbers, which is what users of jq
// expect and where protobuf's own printer differs.

namespace cleat::pb {

enum class UnknownFields { kRefuse, kIgnore };

// Fills `message`, of table `table`, from a JSON object; integers are read
// from numbers and from strings. kInvalidArgument names `where` and the field:
// "cgroup.spec.memoryMaxBytes: a number is expected".
absl::Status ParseJson(const Message& table, absl::string_view text,
                       absl::string_view where, UnknownFields unknown,
                       void* message);

// Appends `message` as one line without spaces.
void AppendJson(const Message& table, const void* message, std::string* out);

// Appends `text` as a JSON string. Bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(absl::string_view text, std::string* out);

template <typename T>
absl::Status ParseJson(absl::string_view text, absl::string_view where,
                       T* message,
                       UnknownFields unknown = UnknownFields::kRefuse) {
  return ParseJson(TableOf<T>(), text, where, unknown, message);
}

template <typename T>
std::string ToJson(const T& message) {
  std::string out;
  AppendJson(TableOf<T>(), &message, &out);
  return out;
}

}  // namespace cleat::pb

#endif  // CLEAT_LIB_PB_JSON_H_
