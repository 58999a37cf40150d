#include <cstddef>
#include <cstdint>

#include "lib/procfs/kernel_link.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto link = cleat::procfs::ParseKernelLink(text);
  // The name is a part of the text, and no path.
  if (link && (link->name.data() != text.data() ||
               link->name.find('/') != absl::string_view::npos)) {
    __builtin_trap();
  }
  return 0;
}
