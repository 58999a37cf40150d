#ifndef CLEAT_LIB_STAGE_CGSET_H_
#define CLEAT_LIB_STAGE_CGSET_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/cli/document.h"
#include "lib/cli/tool.h"
#include "proto/cgroup.pb.h"

// The work of cgset in its three forms.

namespace cleat::stage {

// Merges the limits into the section `cgroup`, and makes the groups or changes
// those that are there, unless asked to defer; moves processes in.
absl::Status Cgset(const proto::CgsetOptions& options, cli::Document& document);

// Whether --path or --pid names the group: nothing is read, nothing written.
bool NamesGroup(const proto::CgsetOptions& options);

// The same for that group.
absl::Status CgsetNamed(const proto::CgsetOptions& options);

// --exec: the program in the group of a new container, which ends with it; in
// that of the document or of --id; or in the one named, where this process
// becomes the program. A failure to run it has its exit status as payload.
absl::StatusOr<cli::Outcome> CgsetExec(const proto::CgsetOptions& options,
                                       cli::Document& document);

// kInvalidArgument for flags that exclude each other.
absl::Status CheckCgsetOptions(const proto::CgsetOptions& options);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_CGSET_H_
