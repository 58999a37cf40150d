#ifndef CLEAT_LIB_LAYER_PACK_STREAM_H_
#define CLEAT_LIB_LAYER_PACK_STREAM_H_

#include "absl/status/statusor.h"
#include "lib/compress/compress.h"
#include "lib/diff/directory.h"
#include "lib/layer/blob.h"
#include "lib/layer/pack.h"

namespace cleat::layer {

struct PackedForm {
  compress::Compression compression;
  // Without, the digests in the Summary are empty and cost nothing.
  bool digests = true;
};

// Packs (lib/layer/pack.h) and compresses in one pass: the tree is read and
// hashed on this thread while others compress. Memory, whatever the size: about
// 1 MiB for each thread (zstd: 5 MiB at its default level).
absl::StatusOr<Summary> PackStream(const diff::Stack& before,
                                   const diff::Stack& after,
                                   const PackOptions& options,
                                   const PackedForm& form,
                                   compress::Output output);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_PACK_STREAM_H_
