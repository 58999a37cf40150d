#ifndef CLEAT_LIB_STORE_LAYER_ARCHIVE_H_
#define CLEAT_LIB_STORE_LAYER_ARCHIVE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/store/layer_record.h"
#include "lib/store/paths.h"

namespace cleat::store {

// Takes an archive's bytes as they are made.
using ArchiveSink = std::function<absl::Status(absl::string_view)>;

// Writes the layer's uncompressed tar, byte for byte as it came, put together
// of its tar-split.json.gz and its files, and compares it with the DiffID.
// kDataLoss when the files are not what they were, naming the first;
// kFailedPrecondition for a layer without a tar-split.json.gz.
absl::Status WriteLayerArchive(const Paths& paths, const LayerRecord& layer,
                               const ArchiveSink& sink);

// The DiffID that the layer's archive has, whatever the record says.
absl::StatusOr<std::string> ComputeDiffId(const Paths& paths,
                                          const LayerRecord& layer);

// How many bytes that are, without reading the layer's files.
absl::StatusOr<int64_t> LayerArchiveSize(const Paths& paths,
                                         const LayerRecord& layer);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_LAYER_ARCHIVE_H_
