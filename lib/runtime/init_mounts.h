#ifndef CLEAT_LIB_RUNTIME_INIT_MOUNTS_H_
#define CLEAT_LIB_RUNTIME_INIT_MOUNTS_H_

#include "absl/functional/function_ref.h"
#include "lib/runtime/plan.h"
#include "lib/sys/child.h"

// What a container's first process mounts, in its own mount namespace. All of
// it runs between clone and exec.

namespace cleat::runtime {

// Cuts the tree off from the host's and attaches the detached mount `root`.
void AttachRoot(const Plan& plan, int root, const sys::ChildReport& report);

// Mounts all of the plan's file systems, in order. Calls `enter_groups` once,
// as late as can be: a mount of cgroups shows the group of who mounts it.
void MountAll(const Plan& plan, int root, const sys::ChildReport& report,
              absl::FunctionRef<void()> enter_groups);

// Sets read-only what could not be so while mount points were made in it: the
// plan's read-only paths, mounts, and the root.
void SetReadOnly(const Plan& plan, int root, const sys::ChildReport& report);

// Hides the plan's masked paths: a file behind the null device, a directory
// behind an empty one.
void MaskPaths(const Plan& plan, int root, const sys::ChildReport& report);

// Makes `root` the root of all that this process sees, and takes the host's
// tree away.
void PivotRoot(const Plan& plan, int root, const sys::ChildReport& report);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_INIT_MOUNTS_H_
