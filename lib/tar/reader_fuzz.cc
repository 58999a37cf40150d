#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/tar/reader.h"
#include "lib/tar/test_archive.h"

// Whatever the input, reading ends: with entries or with an error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string archive = cleat::tar::Resealed(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  cleat::tar::StringChunks chunks(archive, 700);
  cleat::tar::Reader reader(&chunks);
  cleat::tar::Entry entry;
  while (true) {
    const absl::StatusOr<bool> more = reader.Next(&entry);
    if (!more.ok() || !*more) return 0;
    absl::StatusOr<cleat::tar::Reader::Piece> piece = reader.Data();
    while (piece.ok() && !piece->bytes.empty()) piece = reader.Data();
    if (!piece.ok()) return 0;
  }
}
