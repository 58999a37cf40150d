#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "lib/ns/subid.h"

// Both files of a user's ids are read from the same bytes. Whatever comes out
// can be put into a map.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto ids =
      cleat::ns::ParseSubIds(text, 1000, cleat::ns::NamesOfUser(text, 1000));
  if (!ids.ok()) return 0;
  for (const cleat::ns::SubIds& range : *ids) {
    if (range.count == 0 || range.first + range.count < range.first) abort();
  }
  return 0;
}
