#ifndef CLEAT_LIB_LAYER_STORED_H_
#define CLEAT_LIB_LAYER_STORED_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Layers' tars out of what they were unpacked to.

namespace cleat::layer {

using TarSink = std::function<absl::Status(absl::string_view)>;

// Joins the tar-split (compressed or not) that the descriptor `split` gives
// with the tree in the directory `tree` and writes the tar. With a `diff_id`
// kDataLoss when it is another one, which comes to light at the end.
absl::Status JoinLayer(int split, int tree, const std::string& diff_id,
                       const TarSink& sink);

// Writes the tar of a layer of the store at `store`, and checks its DiffID.
// `name` is the ChainID or DiffID, with or without "sha256:", or the beginning
// of one, of 8 digits at least: kNotFound, or kInvalidArgument when several
// begin so. kFailedPrecondition for a layer that has no tar-split.json.gz.
absl::Status WriteStored(const std::string& store, absl::string_view name,
                         const TarSink& sink);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_STORED_H_
