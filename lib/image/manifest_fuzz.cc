#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/image/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  cleat::image::ParseManifest(text, "", "fuzz").status().IgnoreError();
  return 0;
}
