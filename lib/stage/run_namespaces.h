#ifndef CLEAT_LIB_STAGE_RUN_NAMESPACES_H_
#define CLEAT_LIB_STAGE_RUN_NAMESPACES_H_

#include "absl/status/status.h"
#include "lib/stage/run_sections.h"

namespace cleat::stage {

// What must be done before anything else of a run in namespaces of others
// (ns-join): records which containers it needs, and enters the user namespace
// among them, in which this process then is root. kNotFound when one is gone.
absl::Status TakeNamespaces(Run& run);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_RUN_NAMESPACES_H_
