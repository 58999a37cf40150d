#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/internal/raw_logging.h"
#include "absl/strings/str_format.h"
#include "lib/diff/owner_text.h"

namespace {

std::string Print(const cleat::tar::Entry& entry) {
  using cleat::tar::Type;
  std::string text =
      absl::StrFormat("%d:%d:0%o", entry.uid, entry.gid, entry.mode);
  if (entry.type == Type::kFile) return text;
  return absl::StrFormat("%s:%s-%d-%d", text,
                         entry.type == Type::kCharDevice ? "char" : "block",
                         entry.major, entry.minor);
}

}  // namespace

// What is taken is what a file can have, and written anew it is taken again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  cleat::tar::Entry entry;
  if (!cleat::diff::TakeOwner(text, &entry).ok()) return 0;
  ABSL_RAW_CHECK(entry.mode <= 07777, "no mode");
  cleat::tar::Entry again;
  ABSL_RAW_CHECK(cleat::diff::TakeOwner(Print(entry), &again).ok(),
                 "what was written is malformed");
  ABSL_RAW_CHECK(Print(again) == Print(entry), "what was written differs");
  return 0;
}
