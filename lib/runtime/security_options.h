#ifndef CLEAT_LIB_RUNTIME_SECURITY_OPTIONS_H_
#define CLEAT_LIB_RUNTIME_SECURITY_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "proto/oci_runtime.pb.h"
#include "proto/process.pb.h"

// docker run's --security-opt, "KEY=VALUE" or, of old, "KEY:VALUE":
//
//   seccomp=FILE|unconfined|builtin     the filter of system calls
//   no-new-privileges[=true|false]      exec gives no privileges
//   systempaths=unconfined              nothing of /proc and /sys is masked
//   apparmor=PROFILE|unconfined         where the kernel has AppArmor
//   label=disable                       accepted: there are no labels

namespace cleat::runtime {

// What is asked for; what is absent is as the default has it.
struct SecurityOptions {
  // A file, "unconfined" or "builtin"; empty: not given.
  std::string seccomp;
  bool no_new_privileges = false;
  bool show_system_paths = false;
  std::string apparmor;
};

// The last of each kind wins. kInvalidArgument for what is none of the above,
// kUnimplemented for what this kernel, or Cleat, does not have.
absl::StatusOr<SecurityOptions> ParseSecurityOptions(
    const google::protobuf::RepeatedPtrField<std::string>& options);

// Applies `security_opt` and `privileged` of the process to a default spec. A
// seccomp profile is read here; its errors begin with its path.
absl::Status ApplySecurity(const proto::ProcessSpec& process,
                           proto::oci::Spec* spec);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_SECURITY_OPTIONS_H_
