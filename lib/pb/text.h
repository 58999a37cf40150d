#ifndef CLEAT_LIB_PB_TEXT_H_
#define CLEAT_LIB_PB_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Protobuf's text form
// (https://protobuf.dev/reference/protobuf/textformat-spec) of messages that
// are linked in without descriptors: these come as a serialized
// FileDescriptorSet and are built only when asked for.

namespace cleat::pb {

struct Schema {
  absl::string_view descriptor_set;
  absl::string_view message;  // "cleat.proto.Document"
};

// The text of a message in its binary form.
absl::StatusOr<std::string> BinaryToText(const Schema& schema,
                                         const std::string& binary);

// The binary form of a message in its text form; comments are allowed.
// kInvalidArgument says line, column and reason.
absl::StatusOr<std::string> TextToBinary(const Schema& schema,
                                         const std::string& text);

}  // namespace cleat::pb

#endif  // CLEAT_LIB_PB_TEXT_H_
