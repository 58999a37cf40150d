#ifndef CLEAT_LIB_TARSPLIT_LINES_H_
#define CLEAT_LIB_TARSPLIT_LINES_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "lib/compress/byte_source.h"

namespace cleat::tarsplit {

// The lines of a text. Memory: twice the longest one, at most `limit` bytes.
class Lines {
 public:
  // Borrows `source`.
  Lines(compress::ByteSource* source, size_t limit)
      : source_(source), limit_(limit) {}

  // The next line without its newline, valid until the next call; nullopt at
  // the end. kResourceExhausted for one beyond the limit.
  absl::StatusOr<absl::optional<absl::string_view>> Next();

 private:
  // Reads more behind what is there; false at the end.
  absl::StatusOr<bool> Fill();
  absl::string_view Unused() const {
    return absl::string_view(buffer_.get() + begin_, end_ - begin_);
  }

  compress::ByteSource* source_;
  size_t limit_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool ended_ = false;
};

}  // namespace cleat::tarsplit

#endif  // CLEAT_LIB_TARSPLIT_LINES_H_
