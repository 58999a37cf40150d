#ifndef CLEAT_LIB_RUNTIME_USER_DEVICES_H_
#define CLEAT_LIB_RUNTIME_USER_DEVICES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::runtime {

// A device of the host's as people ask for it.
struct UserDevice {
  std::string source;
  // Where the container has it.
  std::string target;
  // Of "rwm": reading, writing, making more nodes of it.
  std::string access = "rwm";
};

// docker's --device: "HOST", "HOST:ACCESS", "HOST:TARGET",
// "HOST:TARGET:ACCESS". kInvalidArgument says which part is wrong.
absl::StatusOr<UserDevice> ParseDeviceFlag(absl::string_view text);

// Lets the container have these devices, and use them: nodes with the host's
// owner and mode, and a rule for its cgroup each. A directory stands for all
// devices below it. In a user namespace, where nobody can make nodes, the
// host's own are bound. Errors begin with the flag: kNotFound for what is not
// there, kInvalidArgument for what is no device.
absl::Status AddUserDevices(const std::vector<std::string>& flags,
                            proto::oci::Spec* spec);

// All devices of the host, without limits: --privileged.
absl::Status AddHostDevices(proto::oci::Spec* spec);

// The rules of a container that asks for nothing, as Docker has them: nothing
// but the devices that every container has; nodes of others can be made, but
// not opened.
void AddDefaultDeviceRules(proto::oci::Spec* spec);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_USER_DEVICES_H_
