#ifndef CLEAT_LIB_DERIVE_EDIT_CONFIG_H_
#define CLEAT_LIB_DERIVE_EDIT_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/image_edit.pb.h"

namespace cleat::derive {

// One line of an image's history (OCI image spec, config.md, "history").
struct HistoryLine {
  std::string created_by;
  std::string comment;
  // The DiffID of the layer that it made; empty: none.
  std::string diff_id;
};

struct ConfigChanges {
  proto::ImageEdit edit;
  // RFC 3339: the new image's time.
  std::string created;
  std::vector<HistoryLine> history;
};

// Whether the edit can be made to any config: kInvalidArgument names what is
// no NAME=VALUE, port or the like.
absl::Status CheckEdit(const proto::ImageEdit& edit);

// The config `text` (which image::ParseConfig takes) with the changes: members
// stay in their order, unknown ones too; new ones come last. The same input
// gives the same bytes. kInvalidArgument where the text has something else in
// the place of what is changed, or is nested deeper than 100 levels.
absl::StatusOr<std::string> EditConfig(absl::string_view text,
                                       const ConfigChanges& changes);

}  // namespace cleat::derive

#endif  // CLEAT_LIB_DERIVE_EDIT_CONFIG_H_
