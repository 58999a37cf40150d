#ifndef CLEAT_LIB_LAYER_PACK_OPTIONS_H_
#define CLEAT_LIB_LAYER_PACK_OPTIONS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/compress/compress.h"
#include "lib/layer/form.h"
#include "lib/layer/pack.h"
#include "proto/layer_pack.pb.h"

// What people ask of a layer that is packed, as the packer takes it.

namespace cleat::layer {

// The seconds of SOURCE_DATE_EPOCH (reproducible-builds.org), where it is set.
// kInvalidArgument when it is no number of them.
absl::StatusOr<absl::optional<int64_t>> SourceDateEpoch();

// kInvalidArgument names the flag that is wrong. Times are bounded by
// SOURCE_DATE_EPOCH.
absl::StatusOr<PackOptions> ParsePackOptions(
    const proto::PackingOptions& options);
absl::StatusOr<compress::Compression> ParseCompression(
    const proto::CompressionOptions& options);

// The form in which this process, root or not, has overlays written.
Form OwnTreeForm();

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_PACK_OPTIONS_H_
