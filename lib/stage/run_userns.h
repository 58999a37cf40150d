#ifndef CLEAT_LIB_STAGE_RUN_USERNS_H_
#define CLEAT_LIB_STAGE_RUN_USERNS_H_

#include "absl/status/status.h"
#include "lib/stage/run_sections.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::stage {

// Decides by --userns, --uidmap and --gidmap which maps a user namespace of the
// container's own has (run.id_maps), before this process takes the rights over
// them. Root has none unless asked, then by default the ids that /etc/subuid
// gives to root. An ordinary user's container is in one anyway, with his ids;
// "keep-id" gives it one more, in which he is himself. Errors name the flag.
absl::Status ChooseIdMaps(Run& run);

// Gives the spec that user namespace, and takes from it what a user namespace
// does not have.
absl::Status SetUserNamespace(const Run& run, proto::oci::Spec* spec);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_RUN_USERNS_H_
