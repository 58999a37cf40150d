#ifndef CLEAT_LIB_NS_UNSHARE_OPTIONS_H_
#define CLEAT_LIB_NS_UNSHARE_OPTIONS_H_

#include "absl/status/statusor.h"
#include "lib/ns/run_unshared.h"
#include "proto/ns_options.pb.h"

namespace cleat::ns {

// What ns-unshare's options ask for, with what they imply. kInvalidArgument
// names an option that is wrong or lacks another.
absl::StatusOr<UnsharePlan> MakeUnsharePlan(
    const proto::NsUnshareOptions& options);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_UNSHARE_OPTIONS_H_
