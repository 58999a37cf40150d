#include "lib/layer/blob.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/compress/chunks.h"
#include "lib/compress/fd_source.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/interrupt.h"

namespace cleat::layer {
namespace {

// A smaller blob is done before a thread for it would have started.
constexpr int64_t kSmall = 256 << 10;

// What decoders ask for at once.
constexpr size_t kSlotSize = size_t{64} << 10;

// -1 for what is no regular file: it is read to its end.
absl::StatusOr<int64_t> SizeFrom(int fd, const BlobLocation& location) {
  struct stat info;
  if (fstat(fd, &info) != 0) return sys::ErrnoError("stat ", location.path);
  if (!S_ISREG(info.st_mode)) return -1;
  if (location.offset > info.st_size) {
    return absl::DataLossError(absl::StrCat(
        "read ", location.path, ": it ends before byte ", location.offset));
  }
  return info.st_size - location.offset;
}

std::unique_ptr<compress::ByteSource> SourceOf(int fd, int64_t offset,
                                               int64_t size) {
  if (size < 0) return std::make_unique<compress::StreamSource>(fd);
  return std::make_unique<compress::FileSource>(fd, offset, size);
}

absl::Status Differs(absl::string_view what, absl::string_view is,
                     absl::string_view expected) {
  return absl::DataLossError(
      absl::StrCat(what, " is ", is, ", not ", expected));
}

}  // namespace

absl::string_view MediaType(compress::Format format) {
  switch (format) {
    case compress::Format::kPlain:
      return "application/vnd.oci.image.layer.v1.tar";
    case compress::Format::kGzip:
      return "application/vnd.oci.image.layer.v1.tar+gzip";
    case compress::Format::kZstd:
      return "application/vnd.oci.image.layer.v1.tar+zstd";
  }
  return "";
}

Blob::Hashed::Hashed(std::unique_ptr<compress::ByteSource> input)
    : input_(std::move(input)), ring_(new char[kSlotSize * used_.size()]) {}

absl::StatusOr<size_t> Blob::Hashed::Read(char* buffer, size_t size) {
  hash_.Await(used_[next_]);
  char* const slot = &ring_[next_ * kSlotSize];
  CLEAT_ASSIGN_OR_RETURN(const size_t count,
                         input_->Read(slot, std::min(size, kSlotSize)));
  memcpy(buffer, slot, count);
  used_[next_] = hash_.Add(absl::string_view(slot, count));
  next_ = (next_ + 1) % used_.size();
  size_ += static_cast<int64_t>(count);
  return count;
}

Blob::Blob(sys::Fd fd, std::unique_ptr<compress::ByteSource> source, bool ahead,
           Expected expected)
    : expected_(std::move(expected)),
      fd_(std::move(fd)),
      compressed_(std::move(source)),
      plain_(&compressed_),
      chunks_(ahead ? compress::ReadAhead(&plain_,
                                          [this] { return compressed_.Help(); })
                    : compress::ReadInPlace(&plain_)) {}

absl::StatusOr<std::unique_ptr<Blob>> Blob::Open(const BlobLocation& location,
                                                 const Expected& expected) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, sys::Open(location.path, O_RDONLY));
  int64_t size = location.size;
  if (size < 0) {
    CLEAT_ASSIGN_OR_RETURN(size, SizeFrom(fd.get(), location));
  }
  const bool ahead = size < 0 || size > kSmall;
  auto source = SourceOf(fd.get(), location.offset, size);
  return std::unique_ptr<Blob>(
      new Blob(std::move(fd), std::move(source), ahead, expected));
}

std::unique_ptr<Blob> Blob::FromDescriptor(int fd, const Expected& expected) {
  return std::unique_ptr<Blob>(new Blob(
      sys::Fd(), std::make_unique<compress::StreamSource>(fd), true, expected));
}

absl::StatusOr<absl::string_view> Blob::Next() {
  CLEAT_RETURN_IF_ERROR(sys::CheckInterrupt());
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view chunk, chunks_->Next());
  ended_ = chunk.empty();
  plain_size_ += static_cast<int64_t>(chunk.size());
  if (expected_.max_plain_size >= 0 && plain_size_ > expected_.max_plain_size) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "larger than ", expected_.max_plain_size, " bytes uncompressed"));
  }
  // Plain bytes have been hashed already, as what was read.
  if (plain_.format() != compress::Format::kPlain) plain_hash_.Update(chunk);
  return chunk;
}

absl::StatusOr<Summary> Blob::Finish() {
  while (!ended_) CLEAT_RETURN_IF_ERROR(Next().status());
  Summary summary;
  summary.format = plain_.format();
  summary.size = compressed_.size();
  summary.digest = compressed_.Finish();
  summary.plain_size = plain_size_;
  summary.diff_id = summary.format == compress::Format::kPlain
                        ? summary.digest
                        : plain_hash_.Finish();
  CLEAT_RETURN_IF_ERROR(Check(summary));
  return summary;
}

absl::Status Blob::Check(const Summary& summary) const {
  if (expected_.size >= 0 && summary.size != expected_.size) {
    return Differs("size", absl::StrCat(summary.size),
                   absl::StrCat(expected_.size));
  }
  if (!expected_.digest.empty() && summary.digest != expected_.digest) {
    return Differs("digest", summary.digest, expected_.digest);
  }
  if (!expected_.diff_id.empty() && summary.diff_id != expected_.diff_id) {
    return Differs("DiffID", summary.diff_id, expected_.diff_id);
  }
  return absl::OkStatus();
}

}  // namespace cleat::layer
