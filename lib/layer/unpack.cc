#include "lib/layer/unpack.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/layer/name.h"
#include "lib/layer/unpacker.h"
#include "lib/tar/reader.h"

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

absl::StatusOr<Unpacked> UnpackBlob(const BlobLocation& location,
                                    const Expected& expected, int directory,
                                    const Form& form) {
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<Blob> blob,
                         Blob::Open(location, expected));
  CLEAT_ASSIGN_OR_RETURN(Unpacked unpacked,
                         UnpackTar(blob.get(), directory, form));
  CLEAT_ASSIGN_OR_RETURN(unpacked.summary, blob->Finish());
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
                                   const Form& form) {
  tar::Reader reader(tar);
  Unpacker unpacker(directory, form);
  CLEAT_RETURN_IF_ERROR(UnpackEntries(reader, unpacker));
  CLEAT_RETURN_IF_ERROR(reader.Drain());
  Unpacked unpacked;
  unpacked.content_size = unpacker.content_size();
  unpacked.entries = unpacker.entries();
  unpacked.skipped_xattrs = unpacker.skipped_xattrs();
  return unpacked;
}

absl::StatusOr<Unpacked> Unpack(const BlobLocation& location,
                                const Expected& expected, int directory,
                                const Form& form) {
  const std::string name = LayerName(location, expected);
  trace::Span span("unpack", name);
  absl::StatusOr<Unpacked> unpacked =
      UnpackBlob(location, expected, directory, form);
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
