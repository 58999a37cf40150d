#ifndef CLEAT_LIB_TAR_READER_H_
#define CLEAT_LIB_TAR_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compress/chunk_source.h"
#include "lib/tar/entry.h"
#include "lib/tar/header.h"
#include "lib/tar/input.h"
#include "lib/tar/pax.h"
#include "lib/tar/sparse.h"
#include "lib/tar/tap.h"

namespace cleat::tar {

// Reads an archive as it comes: V7, ustar, PAX, GNU and star, with long names,
// numbers in base 256 and all sparse formats. Where dialects leave a choice it
// does as Go's archive/tar, which container engines read layers with: links,
// devices and directories have no data whatever their size field says, and
// global PAX headers mean nothing.
//
//   tar::Reader reader(chunks);
//   tar::Entry entry;
//   while (*reader.Next(&entry)) {
//     for (auto piece = *reader.Data(); !piece.bytes.empty(); …)
//   }
//   reader.Drain();
//
// Memory: one PAX header or long name (1 MiB at most) and a sparse map (4 MiB).
// Errors are kDataLoss and name the header's position in bytes.
class Reader {
 public:
  // Borrows `chunks`, and `tap`, which sees the whole archive: that takes
  // Next up to its false, and Drain.
  explicit Reader(compress::ChunkSource* chunks, Tap* tap = nullptr)
      : input_(chunks, tap), tap_(tap) {}

  // Goes to the next entry, over what is left of this one's data. False at the
  // end of the archive: two blocks of zeros, or no more bytes.
  absl::StatusOr<bool> Next(Entry* entry);

  // Bytes of the entry's file and where in it they belong; a hole has none.
  struct Piece {
    int64_t offset = 0;
    absl::string_view bytes;
  };

  // The next piece, valid until the next call; empty at the end of the data.
  absl::StatusOr<Piece> Data();

  // Reads what follows the archive's end, so that a digest of the stream sees
  // every byte of it.
  absl::Status Drain() { return input_.Drain(); }

 private:
  // What the headers before an entry's own say about it.
  struct Prelude {
    PaxRecords pax;
    std::string long_name;
    std::string long_link;
    bool any = false;
  };

  absl::Status SkipData();
  absl::StatusOr<bool> ReadHeaders(Entry* entry);
  // Whether `header` only described the next one.
  absl::StatusOr<bool> TakePrelude(const Header& header, Prelude* prelude);
  absl::StatusOr<std::string> ReadSpecial(const Header& header);
  absl::Status SetEntry(const Header& header, Prelude prelude, Entry* entry);
  absl::Status SetData(const Header& header, const Prelude& prelude,
                       Entry* entry);
  absl::Status SetSparse(const Header& header, const Prelude& prelude,
                         Entry* entry);
  absl::Status ReadOldSparse(const Header& header);
  absl::Status ReadSparse1();
  absl::StatusOr<int64_t> ReadSparseNumber(absl::string_view* block);
  absl::Status EndOfArchive();
  absl::Status ShowData(absl::string_view bytes);

  Input input_;
  Tap* tap_;
  bool sparse_ = false;
  // Of the current entry: stored bytes to come, and the zeros after them.
  int64_t stored_ = 0;
  int64_t padding_ = 0;
  // Where they belong; extent_ is the one being read, done_ of it read.
  std::vector<Extent> extents_;
  size_t extent_ = 0;
  int64_t done_ = 0;
};

}  // namespace cleat::tar

#endif  // CLEAT_LIB_TAR_READER_H_
