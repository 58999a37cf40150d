#ifndef CLEAT_LIB_RUNTIME_JOIN_H_
#define CLEAT_LIB_RUNTIME_JOIN_H_

#include "absl/status/statusor.h"
#include "lib/runtime/container.h"
#include "proto/oci_runtime.pb.h"

// A further program in a container that runs.

namespace cleat::runtime {

// Its root directory, for looking up users (BuildSpec) and for Join: a
// descriptor below which everything is the container's and may be hostile.
absl::StatusOr<sys::Fd> OpenRootOf(pid_t pid);

// Starts the process of `spec`, under its filter of system calls, in all
// namespaces of the container whose first process is `pidfd`, on
// `resources.root`, its root as OpenRootOf opened it, in the cgroups of
// `resources`. What is returned is the new process: to be started and waited
// for as a container is.
//
// The caller's further children would be in the container's PID namespace,
// too, and he himself is in its user namespace where it has one. Until the
// program runs, nothing in the container can look into this process or reach
// the files that it has open: it is not dumpable (CVE-2019-5736,
// CVE-2024-21626), and its working directory is resolved within the container's
// root. From then on it is the launcher (launcher/launcher.h), which the
// container may look into, and which it may make exec anything.
absl::StatusOr<Container> Join(int pidfd, const proto::oci::Spec& spec,
                               const Resources& resources);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_JOIN_H_
