#ifndef CLEAT_LIB_RUNTIME_NAMESPACE_MODE_H_
#define CLEAT_LIB_RUNTIME_NAMESPACE_MODE_H_

#include <vector>

#include "absl/status/status.h"
#include "lib/ns/join.h"
#include "proto/namespaces.pb.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::runtime {

// Gives a spec the namespaces that --pid, --ipc, --uts and --cgroupns ask for:
// "private" new ones (the default), "host" the caller's. kInvalidArgument for
// anything else.
absl::Status SetNamespaceModes(const proto::NamespacesSpec& modes,
                               proto::oci::Spec* spec);

// Gives it these instead, after SetNetworkMode, by the descriptors that they
// are open at. The user namespace is left out: the caller is in it.
// kFailedPrecondition when the options ask for others of the kind.
absl::Status UseNamespaces(const std::vector<ns::OpenedNamespace>& joined,
                           proto::oci::Spec* spec);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_NAMESPACE_MODE_H_
