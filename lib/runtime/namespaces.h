#ifndef CLEAT_LIB_RUNTIME_NAMESPACES_H_
#define CLEAT_LIB_RUNTIME_NAMESPACES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/runtime/plan.h"
#include "lib/sys/child.h"
#include "lib/sys/fd.h"
#include "proto/oci_runtime.pb.h"

// A container's namespaces: those that it makes, those that it joins, and the
// ids of a user namespace of its own.

namespace cleat::runtime {

// Enters the spec's namespaces and id mappings into the plan.
absl::Status PlanNamespaces(const proto::oci::Linux& parts, Plan* plan);

// Opens the namespaces that the plan joins, checks that each is of its kind,
// and enters the descriptors, which the result owns, into the plan.
absl::StatusOr<std::vector<sys::Fd>> OpenNamespaces(Plan* plan);

// While it lives, new children of this process are in the PID namespace that
// the plan joins, if any: a process cannot change its own.
class PidNamespaceForChildren {
 public:
  static absl::StatusOr<PidNamespaceForChildren> Enter(const Plan& plan);
  PidNamespaceForChildren(PidNamespaceForChildren&&) = default;
  ~PidNamespaceForChildren();

 private:
  PidNamespaceForChildren() = default;

  sys::Fd own_;
};

// As the first process: joins all but the PID namespace.
void JoinNamespaces(const Plan& plan, const sys::ChildReport& report);

// The container's first process, which has all capabilities in its new user
// namespace, becomes a user of it once its maps are written: root, or where
// root is not mapped the first that is.
void BecomeMappedUser(const Plan& plan, const sys::ChildReport& report);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_NAMESPACES_H_
