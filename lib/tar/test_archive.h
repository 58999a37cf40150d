#ifndef CLEAT_LIB_TAR_TEST_ARCHIVE_H_
#define CLEAT_LIB_TAR_TEST_ARCHIVE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/compress/chunk_source.h"
#include "lib/tar/entry.h"

// Archives that tests make; not for tools.

namespace cleat::tar {

// Bytes in pieces of `piece` bytes.
class StringChunks : public compress::ChunkSource {
 public:
  explicit StringChunks(absl::string_view data, size_t piece = 1 << 20)
      : data_(data), piece_(piece) {}
  absl::StatusOr<absl::string_view> Next() override;

 private:
  absl::string_view data_;
  size_t piece_;
};

// An entry of mode 0755 or 0644, of root, from 2017.
Entry Directory(absl::string_view name);
Entry File(absl::string_view name);
Entry Symlink(absl::string_view name, absl::string_view target);
Entry HardLink(absl::string_view name, absl::string_view target);

// The archive of these entries, each with its data.
using EntryWithData = std::pair<Entry, std::string>;
std::string MakeArchive(const std::vector<EntryWithData>& entries);

// Makes the checksum of every block that looks like a header right, so that a
// fuzzer's changes get past it.
std::string Resealed(absl::string_view archive);

}  // namespace cleat::tar

#endif  // CLEAT_LIB_TAR_TEST_ARCHIVE_H_
