#ifndef CLEAT_LIB_STAGE_CGSET_H_
#define CLEAT_LIB_STAGE_CGSET_H_

#include "absl/status/status.h"
#include "lib/cli/document.h"
#include "proto/cgroup.pb.h"

namespace cleat::stage {

// The work of cgset: merges the limits into the section `cgroup`, and makes the
// groups or changes those that are there, unless asked to defer.
absl::Status Cgset(const proto::CgsetOptions& options, cli::Document& document);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_CGSET_H_
