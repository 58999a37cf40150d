#ifndef CLEAT_LIB_TARSPLIT_SPLITTER_H_
#define CLEAT_LIB_TARSPLIT_SPLITTER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/tar/tap.h"
#include "lib/tarsplit/crc64.h"

namespace cleat::tarsplit {

// Takes pieces of the text as they are made.
using Sink = std::function<absl::Status(absl::string_view)>;

enum class Data {
  kInTree,   // Files' data are read from the unpacked tree when joining.
  kInSplit,  // All data are in the split: larger than the archive.
};

// Splits an archive into what lies in the unpacked tree and all the rest, so
// that both together are the archive again to the byte: Docker's tar-split, of
// which it writes the (uncompressed) text. Stands at a tar::Reader and splits
// while somebody else unpacks:
//
//   Splitter splitter(sink);
//   tar::Reader reader(chunks, &splitter);
//   … reader.Next, Data, Drain …
//   splitter.Finish();
//
// The text is the same, byte for byte, that dockerd 20.10 writes of the
// archive, wherever dockerd can join what it wrote. Where it cannot, data go
// into the split itself: of sparse files, of entries whose name was there
// before, and of whiteouts, which no unpacker keeps; global headers are no
// files; and more than 4 MiB of headers, or of zeros behind the end, are
// several segments. All of this dockerd joins, too.
//
// Memory: a segment (4 MiB) and its text, and 9 bytes for each name.
class Splitter : public tar::Tap {
 public:
  explicit Splitter(Sink sink, Data data = Data::kInTree)
      : sink_(std::move(sink)), data_(data) {}

  absl::Status OnRaw(absl::string_view bytes) override;
  absl::Status OnEntry(const tar::Entry& entry) override;
  absl::Status OnData(absl::string_view bytes) override;
  absl::Status OnEnd() override;

  // Writes what is left. The archive must have been read to its end.
  absl::Status Finish();

  // Whether an entry replaced an earlier one that had data: the tree does not
  // have those, and only Data::kInSplit keeps them.
  bool replaced_data() const { return replaced_data_; }

 private:
  absl::Status EndFile();
  absl::Status WriteSegment();
  absl::Status Flush(size_t limit);
  // Whether a file of this name may be read from the tree.
  bool IsInTree(const tar::Entry& entry);

  Sink sink_;
  Data data_;
  std::string text_;
  std::string segment_;
  int64_t position_ = 0;
  // The current file, when its line is still to come.
  bool in_file_ = false;
  bool is_in_tree_ = false;
  std::string name_;
  int64_t size_ = 0;
  Crc64 crc_;
  bool any_raw_ = false;
  // By a hash of the name: whether the tree has data of it. Two names of one
  // hash are taken for one, which costs space and is right.
  absl::flat_hash_map<uint64_t, bool> names_;
  bool replaced_data_ = false;
};

}  // namespace cleat::tarsplit

#endif  // CLEAT_LIB_TARSPLIT_SPLITTER_H_
