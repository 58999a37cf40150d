#ifndef CLEAT_LIB_TAR_INPUT_H_
#define CLEAT_LIB_TAR_INPUT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compress/chunk_source.h"
#include "lib/tar/header.h"
#include "lib/tar/tap.h"

namespace cleat::tar {

// Takes bytes off a chunk source in the portions that an archive is made of,
// without copying what lies in one chunk. The views that it returns are valid
// until the next call. Every call is kDataLoss when the bytes end too early.
class Input {
 public:
  // Borrows `chunks`, and `tap`, which sees what is read as raw bytes but for
  // what Data returns; nullptr for none.
  Input(compress::ChunkSource* chunks, Tap* tap) : chunks_(chunks), tap_(tap) {}

  // The next 512 bytes; empty when there are no more at all.
  absl::StatusOr<absl::string_view> Block();

  // Between 1 and `max` (not 0) bytes, unseen by the tap.
  absl::StatusOr<absl::string_view> Data(int64_t max);

  // Exactly `size` bytes; the caller has bounded it.
  absl::StatusOr<std::string> Exactly(size_t size);

  absl::Status Skip(int64_t size);

  // Reads and drops all that is left.
  absl::Status Drain();

  // Bytes taken so far.
  int64_t position() const { return position_; }

 private:
  // Makes chunk_ non-empty; false at the end.
  absl::StatusOr<bool> Fill();
  absl::string_view Take(size_t size);
  absl::StatusOr<absl::string_view> StraddlingBlock();
  // As Data, seen by the tap.
  absl::StatusOr<absl::string_view> Some(int64_t max);
  absl::Status Show(absl::string_view bytes) {
    return tap_ == nullptr ? absl::OkStatus() : tap_->OnRaw(bytes);
  }

  compress::ChunkSource* chunks_;
  Tap* tap_;
  absl::string_view chunk_;
  bool ended_ = false;
  int64_t position_ = 0;
  // For a block that lies in two chunks.
  char block_[kBlockSize];
};

}  // namespace cleat::tar

#endif  // CLEAT_LIB_TAR_INPUT_H_
