#include "lib/layer/unpack.h"

#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/layer/name.h"
#include "lib/layer/unpacker.h"
#include "lib/sys/errno.h"
#include "lib/tar/reader.h"
#include "lib/tarsplit/split_file.h"

namespace cleat::layer {
namespace {

absl::Status Within(absl::string_view what, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(what, ": ", status.message()));
}

// What to call a layer in messages.
std::string LayerName(const BlobLocation& location, const Expected& expected) {
  if (!expected.digest.empty()) return absl::StrCat("layer ", expected.digest);
  if (!expected.diff_id.empty()) {
    return absl::StrCat("layer ", expected.diff_id);
  }
  return absl::StrCat("layer ", location.path);
}

absl::Status UnpackEntries(tar::Reader& reader, Unpacker& unpacker) {
  tar::Entry entry;
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const bool more, reader.Next(&entry));
    if (!more) return unpacker.Finish();
    const absl::Status status = unpacker.Add(entry, reader);
    if (status.ok()) continue;
    return Within(absl::StrCat("entry ", Quoted(entry.name)), status);
  }
}

// Tells the progress of what passes by.
class Watched : public compress::ChunkSource {
 public:
  Watched(compress::ChunkSource* chunks,
          const std::function<void(int64_t)>& progress)
      : chunks_(chunks), progress_(progress) {}

  absl::StatusOr<absl::string_view> Next() override {
    absl::StatusOr<absl::string_view> chunk = chunks_->Next();
    if (chunk.ok()) seen_ += static_cast<int64_t>(chunk->size());
    if (progress_) progress_(seen_);
    return chunk;
  }

 private:
  compress::ChunkSource* chunks_;
  const std::function<void(int64_t)>& progress_;
  int64_t seen_ = 0;
};

// Nothing when no split is wanted.
absl::StatusOr<std::unique_ptr<tarsplit::SplitFile>> BeginSplit(
    const std::string& path) {
  if (path.empty()) return nullptr;
  return tarsplit::SplitFile::Create(path);
}

absl::Status ReadThrough(tar::Reader& reader) {
  tar::Entry entry;
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const bool more, reader.Next(&entry));
    if (!more) return reader.Drain();
  }
}

// A split of a layer some of whose data the tree does not have.
absl::Status SplitAgain(const BlobLocation& location, const std::string& path) {
  struct stat info;
  if (stat(location.path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return unlink(path.c_str()) == 0 ? absl::OkStatus()
                                     : sys::ErrnoError("remove ", path);
  }
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<Blob> blob,
                         Blob::Open(location));
  CLEAT_ASSIGN_OR_RETURN(
      const std::unique_ptr<tarsplit::SplitFile> split,
      tarsplit::SplitFile::Create(path, tarsplit::Data::kInSplit));
  tar::Reader reader(blob.get(), split->tap());
  CLEAT_RETURN_IF_ERROR(ReadThrough(reader));
  return split->Finish();
}

absl::StatusOr<Unpacked> UnpackBlob(const BlobLocation& location,
                                    const Expected& expected, int directory,
                                    const UnpackOptions& options) {
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<Blob> blob,
                         Blob::Open(location, expected));
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<tarsplit::SplitFile> split,
                         BeginSplit(options.tar_split));
  Watched watched(blob.get(), options.progress);
  CLEAT_ASSIGN_OR_RETURN(Unpacked unpacked,
                         UnpackTar(&watched, directory, options.form,
                                   split == nullptr ? nullptr : split->tap()));
  CLEAT_ASSIGN_OR_RETURN(unpacked.summary, blob->Finish());
  if (split == nullptr) return unpacked;
  CLEAT_RETURN_IF_ERROR(split->Finish());
  if (unpacked.replaced || split->replaced_data()) {
    CLEAT_RETURN_IF_ERROR(SplitAgain(location, options.tar_split));
  }
  return unpacked;
}

absl::StatusOr<Summary> HashBlob(const BlobLocation& location,
                                 const Expected& expected) {
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<Blob> blob,
                         Blob::Open(location, expected));
  return blob->Finish();
}

}  // namespace

absl::StatusOr<Unpacked> UnpackTar(compress::ChunkSource* tar, int directory,
                                   const Form& form, tar::Tap* tap) {
  tar::Reader reader(tar, tap);
  Unpacker unpacker(directory, form);
  CLEAT_RETURN_IF_ERROR(UnpackEntries(reader, unpacker));
  CLEAT_RETURN_IF_ERROR(reader.Drain());
  Unpacked unpacked;
  unpacked.content_size = unpacker.content_size();
  unpacked.entries = unpacker.entries();
  unpacked.skipped_xattrs = unpacker.skipped_xattrs();
  unpacked.replaced = unpacker.replaced();
  return unpacked;
}

absl::StatusOr<Unpacked> Unpack(const BlobLocation& location,
                                const Expected& expected, int directory,
                                const UnpackOptions& options) {
  const std::string name = LayerName(location, expected);
  trace::Span span("unpack", name);
  absl::StatusOr<Unpacked> unpacked =
      UnpackBlob(location, expected, directory, options);
  if (unpacked.ok()) return unpacked;
  span.Fail(EIO);
  return Within(name, unpacked.status());
}

absl::StatusOr<Summary> Hash(const BlobLocation& location,
                             const Expected& expected) {
  absl::StatusOr<Summary> summary = HashBlob(location, expected);
  if (summary.ok()) return summary;
  return Within(LayerName(location, expected), summary.status());
}

absl::StatusOr<Summary> HashDescriptor(int fd) {
  absl::StatusOr<Summary> summary = Blob::FromDescriptor(fd)->Finish();
  if (summary.ok()) return summary;
  return Within("layer", summary.status());
}

}  // namespace cleat::layer
