#ifndef CLEAT_LIB_DIFF_OWNER_TEXT_H_
#define CLEAT_LIB_DIFF_OWNER_TEXT_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/tar/entry.h"

namespace cleat::diff {

// Gives `entry` what the value of layer::kOwnerXattr says
// (lib/layer/overlay.h): owner, permissions, and for an empty file the device
// that it stands for. kDataLoss for what is none.
absl::Status TakeOwner(absl::string_view text, tar::Entry* entry);

}  // namespace cleat::diff

#endif  // CLEAT_LIB_DIFF_OWNER_TEXT_H_
