#ifndef CLEAT_LIB_STAGE_UNPACK_TO_H_
#define CLEAT_LIB_STAGE_UNPACK_TO_H_

#include "absl/status/status.h"
#include "proto/layers.pb.h"

namespace cleat::stage {

// The work of layer-unpack --dir: unpacks layers' bytes into a directory. On an
// error a directory that was missing or empty is so again.
absl::Status UnpackTo(const proto::LayerUnpackOptions& options);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_UNPACK_TO_H_
