#ifndef CLEAT_LIB_RUNTIME_NETWORK_MODE_H_
#define CLEAT_LIB_RUNTIME_NETWORK_MODE_H_

#include "absl/status/status.h"
#include "proto/network.pb.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::runtime {

// Gives a spec the network namespace that --network asks for: "none" a new one
// with nothing but its loopback device (the default), "host" the caller's,
// "ns:PATH" the one at PATH. In one that is not the container's own no kernel
// parameter of the network is set. kInvalidArgument for anything else.
absl::Status SetNetworkMode(const proto::NetworkSpec& network,
                            proto::oci::Spec* spec);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_NETWORK_MODE_H_
