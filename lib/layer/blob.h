#ifndef CLEAT_LIB_LAYER_BLOB_H_
#define CLEAT_LIB_LAYER_BLOB_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compress/byte_source.h"
#include "lib/compress/chunk_source.h"
#include "lib/compress/chunks.h"
#include "lib/compress/decompress.h"
#include "lib/compress/format.h"
#include "lib/digest/hash_queue.h"
#include "lib/layer/hashed_ring.h"
#include "lib/sys/fd.h"

namespace cleat::layer {

// Where a layer's bytes lie: in a file of their own, or in an archive.
struct BlobLocation {
  std::string path;
  int64_t offset = 0;
  // -1: to the end of the file, which then may be a pipe, too.
  int64_t size = -1;
};

// What a manifest or an image config promises of a layer; what it does not
// say is empty, or -1.
struct Expected {
  std::string diff_id;
  std::string digest;
  int64_t size = -1;
  // Refuse more uncompressed bytes than this.
  int64_t max_plain_size = -1;
};

// What a layer's bytes turned out to be.
struct Summary {
  // "sha256:…" of the uncompressed tar.
  std::string diff_id;
  // "sha256:…" of the bytes as they lie.
  std::string digest;
  int64_t size = 0;
  int64_t plain_size = 0;
  compress::Format format = compress::Format::kPlain;
};

// The media type of the OCI image spec (layer.md) for a layer in this form.
absl::string_view MediaType(compress::Format format);

// A layer's uncompressed bytes, hashed in both forms on the way. A large one is
// decompressed on a second thread, and hashed by that of the two which waits
// for the other. Memory: 12 MiB and the decoder's.
//
//   CLEAT_ASSIGN_OR_RETURN(auto blob, Blob::Open(location));
//   … read blob->Next() …
//   CLEAT_ASSIGN_OR_RETURN(Summary summary, blob->Finish(expected));
//
// Nothing that was read may be believed before Finish succeeded.
class Blob : public compress::ChunkSource {
 public:
  static absl::StatusOr<std::unique_ptr<Blob>> Open(
      const BlobLocation& location, const Expected& expected = Expected());
  // From a descriptor (borrowed) that stands at the first byte.
  static std::unique_ptr<Blob> FromDescriptor(
      int fd, const Expected& expected = Expected());

  // kResourceExhausted beyond expected.max_plain_size, kDataLoss for corrupt
  // compression.
  absl::StatusOr<absl::string_view> Next() override;

  // Reads what is left, and compares. kDataLoss names what differs.
  absl::StatusOr<Summary> Finish();

 private:
  // Reading and hashing. Chunks that were hashed as they lie are not again.
  class Work : public compress::SharedWork {
   public:
    explicit Work(Blob* blob) : blob_(blob) {}
    void Add(absl::string_view chunk) override;
    bool Help() override;
    void Await(uint64_t count) override;

   private:
    Blob* blob_;
  };

  struct Manner {
    // On a thread of its own.
    bool ahead;
    // Known to be plain: read straight into the chunks.
    bool straight;
    HashedRing::Helpers helpers;
  };
  Blob(sys::Fd fd, std::unique_ptr<compress::ByteSource> input, Manner manner,
       Expected expected);

  bool HashesChunks() const;
  absl::Status Check(const Summary& summary) const;

  Expected expected_;
  sys::Fd fd_;
  std::unique_ptr<compress::ByteSource> input_;
  bool straight_;
  digest::HashQueue as_it_lies_;
  digest::HashQueue uncompressed_;
  HashedRing compressed_;
  compress::Decompressor plain_;
  Work work_{this};
  int64_t plain_size_ = 0;
  bool ended_ = false;
  // Last: its thread uses what is above.
  std::unique_ptr<compress::ChunkSource> chunks_;
};

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_BLOB_H_
