#ifndef CLEAT_LIB_LAYER_OVERLAY_H_
#define CLEAT_LIB_LAYER_OVERLAY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/layer/form.h"

// How overlayfs writes down what a layer removes: the kernel's
// Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories".

namespace cleat::layer {

// Whether `base` in `parent` is a character device 0:0.
bool IsWhiteout(int parent, const std::string& base);

// Makes `base` of the layers below disappear. An object of that name in this
// layer stays, as OCI wants: a directory becomes opaque, all else hides what
// is below anyway.
absl::Status MakeWhiteout(int parent, const std::string& base,
                          const Form& form);

// Hides what the layers below have in this directory.
absl::Status MakeOpaque(int directory, const Form& form);

// The directory of the layer that has removed one of the same name below.
absl::Status ReplaceWhiteoutByDirectory(int parent, const std::string& base,
                                        const Form& form);

// The attribute in which files keep the owner that they could not be given:
// "UID:GID:0MODE", and for a device ":char-MAJOR-MINOR" or ":block-…" behind it
// (containers/storage: pkg/idtools, "user.containers.override_stat").
inline constexpr char kOwnerXattr[] = "user.containers.override_stat";

// Whether an extended attribute is a word about how the tree is stored, of
// overlayfs or of kOwnerXattr: an archive has no say in that.
bool IsOverlayXattr(absl::string_view name);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_OVERLAY_H_
