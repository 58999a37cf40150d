#ifndef CLEAT_LIB_BASE_UTF8_H_
#define CLEAT_LIB_BASE_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace cleat {

// The length of the well-formed UTF-8 sequence that `text` begins with; 0 when
// there is none, or no text. Unicode 15, table 3-7.
size_t Utf8Length(absl::string_view text);

// `text` as it may go to a terminal: with '?' for each control character (C0,
// DEL and C1), for what turns the direction of writing, and for each byte that
// is not UTF-8. A name from an image or of a process commands no terminal.
std::string Printable(absl::string_view text);

}  // namespace cleat

#endif  // CLEAT_LIB_BASE_UTF8_H_
