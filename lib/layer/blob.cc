#include "lib/layer/blob.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/compress/fd_source.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/interrupt.h"

namespace cleat::layer {
namespace {

// A smaller blob is done before a thread for it would have started.
constexpr int64_t kSmall = 256 << 10;

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

// Whether the bytes show that they are not compressed.
bool IsPlain(int fd, int64_t offset, int64_t size) {
  char start[compress::kMagicSize];
  if (size < static_cast<int64_t>(sizeof(start)) ||
      pread(fd, start, sizeof(start), offset) != sizeof(start)) {
    return false;
  }
  const auto format = compress::DetectFormat({start, sizeof(start)});
  return format.ok() && *format == compress::Format::kPlain;
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

void Blob::Work::Add(absl::string_view chunk) {
  if (blob_->HashesChunks()) blob_->uncompressed_.Add(chunk);
}

bool Blob::Work::Help() {
  return (!blob_->straight_ && blob_->compressed_.Help()) ||
         blob_->as_it_lies_.Help() || blob_->uncompressed_.Help();
}

void Blob::Work::Await(uint64_t count) {
  if (blob_->HashesChunks()) blob_->uncompressed_.Await(count);
}

Blob::Blob(sys::Fd fd, std::unique_ptr<compress::ByteSource> input,
           Manner manner, Expected expected)
    : expected_(std::move(expected)),
      fd_(std::move(fd)),
      input_(std::move(input)),
      straight_(manner.straight),
      compressed_(input_.get(), manner.helpers, &as_it_lies_),
      plain_(&compressed_) {
  compress::ByteSource* const source = straight_ ? input_.get() : &plain_;
  chunks_ = manner.ahead ? compress::ReadAhead(source, &work_)
                         : compress::ReadInPlace(source, &work_);
}

absl::StatusOr<std::unique_ptr<Blob>> Blob::Open(const BlobLocation& location,
                                                 const Expected& expected) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, sys::Open(location.path, O_RDONLY));
  int64_t size = location.size;
  if (size < 0) {
    CLEAT_ASSIGN_OR_RETURN(size, SizeFrom(fd.get(), location));
  }
  const Manner manner = {size < 0 || size > kSmall,
                         IsPlain(fd.get(), location.offset, size),
                         size < 0 ? HashedRing::Helpers::kMayNotRead
                                  : HashedRing::Helpers::kMayRead};
  auto input = SourceOf(fd.get(), location.offset, size);
  return std::unique_ptr<Blob>(
      new Blob(std::move(fd), std::move(input), manner, expected));
}

std::unique_ptr<Blob> Blob::FromDescriptor(int fd, const Expected& expected) {
  return std::unique_ptr<Blob>(
      new Blob(sys::Fd(), std::make_unique<compress::StreamSource>(fd),
               {true, false, HashedRing::Helpers::kMayNotRead}, expected));
}

bool Blob::HashesChunks() const {
  return straight_ || plain_.format() != compress::Format::kPlain;
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
  return chunk;
}

absl::StatusOr<Summary> Blob::Finish() {
  while (!ended_) CLEAT_RETURN_IF_ERROR(Next().status());
  Summary summary;
  summary.format = plain_.format();
  summary.size = straight_ ? plain_size_ : compressed_.size();
  summary.digest = (straight_ ? uncompressed_ : as_it_lies_).Finish();
  summary.plain_size = plain_size_;
  summary.diff_id = summary.format == compress::Format::kPlain
                        ? summary.digest
                        : uncompressed_.Finish();
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
