#include <cstddef>
#include <cstdint>

#include "lib/tar/reader.h"

namespace {

class OneChunk : public cleat::compress::ChunkSource {
 public:
  explicit OneChunk(absl::string_view data) : data_(data) {}
  absl::StatusOr<absl::string_view> Next() override {
    const absl::string_view next = data_.substr(0, 700);
    data_.remove_prefix(next.size());
    return next;
  }

 private:
  absl::string_view data_;
};

}  // namespace

// Whatever the input, reading ends: with entries or with an error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  OneChunk chunk(absl::string_view(reinterpret_cast<const char*>(data), size));
  cleat::tar::Reader reader(&chunk);
  cleat::tar::Entry entry;
  while (true) {
    const absl::StatusOr<bool> more = reader.Next(&entry);
    if (!more.ok() || !*more) return 0;
    absl::StatusOr<cleat::tar::Reader::Piece> piece = reader.Data();
    while (piece.ok() && !piece->bytes.empty()) piece = reader.Data();
    if (!piece.ok()) return 0;
  }
}
