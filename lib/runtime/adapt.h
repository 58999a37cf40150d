#ifndef CLEAT_LIB_RUNTIME_ADAPT_H_
#define CLEAT_LIB_RUNTIME_ADAPT_H_

#include "lib/ns/id_map.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::runtime {

// Takes from a spec of Cleat's own what a user namespace whose group map is
// `groups` does not have, as rootless engines do: the group of terminals, where
// it is not mapped, and the range of groups that may ping, which reaches beyond
// any map.
void AdaptToUserNamespace(const ns::IdMap& groups, proto::oci::Spec* spec);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_ADAPT_H_
