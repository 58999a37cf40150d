#ifndef CLEAT_LIB_STORE_LAYER_RECORD_H_
#define CLEAT_LIB_STORE_LAYER_RECORD_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/store/paths.h"

// What layerdb knows of a layer, a file per fact, none with a line's end
// (moby: layer/filestore.go):
//
//   layerdb/sha256/CHAIN/cache-id   64 digits: the directory below overlay2/
//                        diff       the DiffID
//                        parent     the parent's ChainID; absent at the bottom
//                        size       bytes of the layer's files, decimal
//                        tar-split.json.gz   what of the archive is not in the
//                                   tree (lib/tarsplit)

namespace cleat::store {

inline constexpr char kTarSplit[] = "tar-split.json.gz";

struct LayerRecord {
  // "sha256:…", as are diff_id and parent.
  std::string chain_id;
  std::string diff_id;
  // The parent's ChainID; empty for a bottom layer.
  std::string parent;
  // The sum of the sizes of the regular files, as Docker counts.
  int64_t size = 0;
  std::string cache_id;
};

// Reads one fact. kNotFound when the store lacks the layer, kDataLoss when the
// file says what cannot be.
absl::StatusOr<std::string> ReadCacheId(const Paths& paths,
                                        absl::string_view chain_id);
absl::StatusOr<std::string> ReadLayerDiffId(const Paths& paths,
                                            absl::string_view chain_id);
absl::StatusOr<int64_t> ReadLayerSize(const Paths& paths,
                                      absl::string_view chain_id);
// Empty for a bottom layer, and for one that is not there.
absl::StatusOr<std::string> ReadLayerParent(const Paths& paths,
                                            absl::string_view chain_id);

// Reads all of them.
absl::StatusOr<LayerRecord> ReadLayerRecord(const Paths& paths,
                                            absl::string_view chain_id);

// Makes the directory `path` and the files in it.
absl::Status WriteLayerRecord(const std::string& path,
                              const LayerRecord& record);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_LAYER_RECORD_H_
