#ifndef CLEAT_LIB_RUNTIME_SYSCTL_H_
#define CLEAT_LIB_RUNTIME_SYSCTL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::runtime {

// Whether a container may set the kernel parameter `name` ("net.ipv4.
// ip_forward"): one that is the whole machine's is kInvalidArgument, as in
// runc (libcontainer/configs/validate); one of a namespace that the container
// does not have of its own is kFailedPrecondition, and says which.
absl::Status CheckSysctl(absl::string_view name,
                         const proto::oci::Linux& parts);

// "NAME=VALUE" into the map, over an earlier value.
absl::Status AddSysctl(const std::string& assignment, proto::oci::Linux* parts);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_SYSCTL_H_
