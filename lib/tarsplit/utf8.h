#ifndef CLEAT_LIB_TARSPLIT_UTF8_H_
#define CLEAT_LIB_TARSPLIT_UTF8_H_

#include "absl/strings/string_view.h"

namespace cleat::tarsplit {

// Whether `text` is UTF-8 (RFC 3629: no overlong forms, no surrogates) without
// U+FFFD, which Go cannot tell from its own mark for invalid bytes: tar-split
// keeps all other names in base64 (its tar/common/utf8.go).
bool IsPlainUtf8(absl::string_view text);

}  // namespace cleat::tarsplit

#endif  // CLEAT_LIB_TARSPLIT_UTF8_H_
