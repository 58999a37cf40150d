#ifndef CLEAT_LIB_STAGE_RUN_NAMESPACES_H_
#define CLEAT_LIB_STAGE_RUN_NAMESPACES_H_

#include "absl/status/status.h"
#include "lib/stage/run_sections.h"

namespace cleat::stage {

// Opens the namespaces of others that the document says are joined (ns-join,
// ns-unshare --hold), records which containers they are of, and enters the user
// namespace among them, in which this process then is root. kNotFound when one
// is gone.
absl::Status TakeNamespaces(Run& run);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_RUN_NAMESPACES_H_
