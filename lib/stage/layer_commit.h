#ifndef CLEAT_LIB_STAGE_LAYER_COMMIT_H_
#define CLEAT_LIB_STAGE_LAYER_COMMIT_H_

#include "absl/status/status.h"
#include "lib/cli/document.h"
#include "proto/image_edit.pb.h"

namespace cleat::stage {

// The work of layer-commit: puts what the container has written into the store
// as a layer, and its image with that layer as a new one; ends the container
// (--keep: leaves it), and makes the document a template of the new image.
// kFailedPrecondition for a container that runs, or has nothing written.
absl::Status LayerCommit(const proto::LayerCommitOptions& options,
                         cli::Document& document);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_LAYER_COMMIT_H_
