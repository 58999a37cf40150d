#include <cstddef>
#include <cstdint>

#include "lib/procfs/mountinfo.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static_cast<void>(cleat::procfs::ParseMountinfo(
      absl::string_view(reinterpret_cast<const char*>(data), size)));
  return 0;
}
