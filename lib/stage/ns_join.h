#ifndef CLEAT_LIB_STAGE_NS_JOIN_H_
#define CLEAT_LIB_STAGE_NS_JOIN_H_

#include "absl/status/status.h"
#include "lib/cli/document.h"
#include "proto/ns_tools.pb.h"

namespace cleat::stage {

// The work of ns-join: adds namespaces that exist to the section `namespaces`,
// for rootfs-run to join, and records which container they are of, unless
// asked to defer.
absl::Status NsJoin(const proto::NsJoinOptions& options,
                    cli::Document& document);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_NS_JOIN_H_
