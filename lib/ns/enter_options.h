#ifndef CLEAT_LIB_NS_ENTER_OPTIONS_H_
#define CLEAT_LIB_NS_ENTER_OPTIONS_H_

#include "absl/status/statusor.h"
#include "lib/ns/enter.h"
#include "lib/ns/source.h"
#include "proto/ns_tools.pb.h"

namespace cleat::ns {

// What ns-enter's options ask for: opens everything that they name, in the
// caller's own namespaces. `source` is what the target is; one that was not
// given is empty. kInvalidArgument names an option that contradicts another or
// lacks a target.
absl::StatusOr<EnterPlan> MakeEnterPlan(const proto::NsEnterOptions& options,
                                        Source source);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_ENTER_OPTIONS_H_
