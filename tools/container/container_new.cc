// container-new: a minimal document to start from.

#include "lib/cli/tool.h"
#include "proto/lifecycle.table.h"

namespace cleat {
namespace {

// The name and labels come from the flags that every filter has.
absl::Status ContainerNew(const proto::ContainerNewOptions&, cli::Document&) {
  return absl::OkStatus();
}

}  // namespace

CLEAT_SOURCE(proto::ContainerNewOptions, ContainerNew);

}  // namespace cleat
