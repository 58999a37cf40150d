#ifndef CLEAT_LIB_LAYER_OVERLAY_H_
#define CLEAT_LIB_LAYER_OVERLAY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// How overlayfs writes down what a layer removes: the kernel's
// Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories".

namespace cleat::layer {

// Whether `base` in `parent` is a character device 0:0.
bool IsWhiteout(int parent, const std::string& base);

// Makes `base` of the layers below disappear. An object of that name in this
// layer stays, as OCI wants: a directory becomes opaque, all else hides what
// is below anyway.
absl::Status MakeWhiteout(int parent, const std::string& base);

// Hides what the layers below have in this directory.
absl::Status MakeOpaque(int directory);

// The directory of the layer that has removed one of the same name below.
absl::Status ReplaceWhiteoutByDirectory(int parent, const std::string& base);

// Whether an extended attribute is overlayfs's own word about how it stores a
// tree: an archive has no say in that.
bool IsOverlayXattr(absl::string_view name);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_OVERLAY_H_
