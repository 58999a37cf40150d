#include "lib/store/layer_archive.h"

#include <fcntl.h>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/compress/decompress.h"
#include "lib/compress/fd_source.h"
#include "lib/digest/sha256.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/tarsplit/entry_line.h"
#include "lib/tarsplit/joiner.h"
#include "lib/tarsplit/lines.h"

namespace cleat::store {
namespace {

// Of one line: a segment of 4 MiB in base64, and room.
constexpr size_t kMaxLine = size_t{32} << 20;

std::string NameOf(const LayerRecord& layer) {
  return absl::StrCat("layer ", layer.chain_id);
}

absl::Status Within(const LayerRecord& layer, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(NameOf(layer), ": ", status.message()));
}

absl::StatusOr<sys::Fd> OpenSplit(const Paths& paths,
                                  const LayerRecord& layer) {
  const std::string path =
      absl::StrCat(paths.Layer(layer.chain_id), "/", kTarSplit);
  absl::StatusOr<sys::Fd> fd = sys::Open(path, O_RDONLY | O_NOFOLLOW);
  if (!absl::IsNotFound(fd.status())) return fd;
  return absl::FailedPreconditionError(absl::StrCat(
      NameOf(layer), ": has no ", kTarSplit,
      ", so that its archive is not known: load or unpack the image again"));
}

absl::Status Join(const Paths& paths, const LayerRecord& layer, int split,
                  const ArchiveSink& sink) {
  const std::string diff = paths.Diff(layer.cache_id);
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd tree,
                         sys::Open(diff, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  compress::StreamSource compressed(split);
  compress::Decompressor text(&compressed);
  return tarsplit::Join(&text, tarsplit::FilesBelow(tree.get()), sink);
}

absl::StatusOr<std::string> WriteAndHash(const Paths& paths,
                                         const LayerRecord& layer,
                                         const ArchiveSink& sink) {
  trace::Span span("join layer", layer.chain_id);
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd split, OpenSplit(paths, layer));
  digest::Sha256 hash;
  CLEAT_RETURN_IF_ERROR(Within(
      layer, Join(paths, layer, split.get(), [&](absl::string_view bytes) {
        hash.Update(bytes);
        return sink(bytes);
      })));
  return hash.Finish();
}

}  // namespace

absl::StatusOr<std::string> ComputeDiffId(const Paths& paths,
                                          const LayerRecord& layer) {
  return WriteAndHash(paths, layer,
                      [](absl::string_view) { return absl::OkStatus(); });
}

absl::Status WriteLayerArchive(const Paths& paths, const LayerRecord& layer,
                               const ArchiveSink& sink) {
  CLEAT_ASSIGN_OR_RETURN(const std::string diff_id,
                         WriteAndHash(paths, layer, sink));
  if (diff_id == layer.diff_id) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(NameOf(layer), ": its archive has the DiffID ", diff_id,
                   ", not ", layer.diff_id, ": the store is damaged"));
}

absl::StatusOr<int64_t> LayerArchiveSize(const Paths& paths,
                                         const LayerRecord& layer) {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd split, OpenSplit(paths, layer));
  compress::StreamSource compressed(split.get());
  compress::Decompressor text(&compressed);
  tarsplit::Lines lines(&text, kMaxLine);
  int64_t size = 0;
  for (int64_t position = 0;; ++position) {
    CLEAT_ASSIGN_OR_RETURN(const absl::optional<absl::string_view> text_line,
                           lines.Next());
    if (!text_line) return size;
    const auto line = tarsplit::ParseLine(*text_line, position);
    CLEAT_RETURN_IF_ERROR(Within(layer, line.status()));
    const bool is_file = line->type == tarsplit::LineType::kFile;
    size += is_file ? line->size : static_cast<int64_t>(line->payload.size());
  }
}

}  // namespace cleat::store
