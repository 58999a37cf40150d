#ifndef CLEAT_LIB_STAGE_RUN_SPEC_H_
#define CLEAT_LIB_STAGE_RUN_SPEC_H_

#include "absl/status/statusor.h"
#include "lib/stage/run_sections.h"
#include "lib/sys/fd.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::stage {

// What is run, and on which root (a mount that is attached nowhere).
struct RunSpec {
  proto::oci::Spec spec;
  sys::Fd root;
};

// Mounts the root and translates all sections for it; writes the files that the
// container has below /etc. A root that may not be written to and lacks mount
// points gets them in memory; those that are made in one that is kept are
// entered into the section `rootfs`.
absl::StatusOr<RunSpec> MakeRunSpec(Run& run);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_RUN_SPEC_H_
