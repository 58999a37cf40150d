#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/internal/raw_logging.h"
#include "lib/store/repositories.h"

// What is read and written is read as the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using cleat::store::Repositories;
  const auto first = Repositories::Parse(
      std::string(reinterpret_cast<const char*>(data), size), "fuzz");
  if (!first.ok()) return 0;
  const auto second = Repositories::Parse(first->Print(), "fuzz");
  ABSL_RAW_CHECK(second.ok(), "what was written is malformed");
  ABSL_RAW_CHECK(second->all() == first->all(), "what was written differs");
  return 0;
}
