#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "lib/runtime/user.h"

// The input is taken as passwd, as group, and its first line as the user.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::string_view line = text.substr(0, text.find('\n'));
  cleat::runtime::FindUser(text, text, line).status().IgnoreError();
  cleat::runtime::FindUser(text, text, "root").status().IgnoreError();
  cleat::runtime::FindUser(text, text, "1000:staff").status().IgnoreError();
  return 0;
}
