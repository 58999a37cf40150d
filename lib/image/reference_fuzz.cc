#include <cstddef>
#include <cstdint>

#include "absl/base/internal/raw_logging.h"
#include "absl/strings/string_view.h"
#include "lib/image/reference.h"
#include "lib/image/source.h"

// A name that is accepted must be so again in its familiar form, and mean the
// same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  cleat::image::ParseSource(text).status().IgnoreError();
  const auto reference = cleat::image::ParseReference(text);
  if (!reference.ok()) return 0;
  const std::string familiar = cleat::image::FamiliarReference(*reference);
  const auto again = cleat::image::ParseReference(familiar);
  ABSL_RAW_CHECK(again.ok(), "a familiar form is no reference");
  ABSL_RAW_CHECK(cleat::image::FamiliarReference(*again) == familiar,
                 "a familiar form means something else");
  return 0;
}
