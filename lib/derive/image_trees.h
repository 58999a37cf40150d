#ifndef CLEAT_LIB_DERIVE_IMAGE_TREES_H_
#define CLEAT_LIB_DERIVE_IMAGE_TREES_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "lib/diff/directory.h"
#include "proto/image.pb.h"
#include "proto/layers.pb.h"

namespace cleat::derive {

// An image whose layers are all in the store.
struct ImageTrees {
  proto::Image image;
  // Bottom first.
  proto::LayersState layers;
  layer::Form form;

  // The tree of its lowest `count` layers.
  diff::Stack Lowest(size_t count) const;
  diff::Stack All() const {
    return Lowest(static_cast<size_t>(layers.layers_size()));
  }
};

// Finds an image (store::FindImage) and puts the layers that the store lacks
// into it. This process, of one thread, then has the rights to read them.
absl::StatusOr<ImageTrees> OpenImage(const std::string& reference,
                                     const std::string& store);

// The first field in which two configs differ, in the order of the first, as
// "config.Env.1: "A=1", then "A=2""; empty for none: they differ in spelling.
// kInvalidArgument for what is no JSON.
absl::StatusOr<std::string> FirstDifference(const std::string& before,
                                            const std::string& after);

}  // namespace cleat::derive

#endif  // CLEAT_LIB_DERIVE_IMAGE_TREES_H_
