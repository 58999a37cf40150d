#include "lib/hostcheck/features.h"

#include "lib/hostcheck/probes.h"

namespace cleat::hostcheck {

const std::vector<Feature>& Features() {
  static const auto& features = *new std::vector<Feature>{
      {"kernel", true, "Linux 5.10 or newer", ProbeKernel},
      {"pidfd", true, "processes that cannot be mistaken", ProbePidfd},
      {"openat2", true, "paths that do not leave the container", ProbeOpenat2},
      {"clone3", false, "being born in a cgroup", ProbeClone3},
      {"nsfs", false, "telling namespaces apart", ProbeNsfs},
      {"seccomp", false, "system call filters", ProbeSeccomp},
      {"keyring", false, "session keys of its own", ProbeKeyring},
      {"namespace-limits", true, "sysctl user.max_*_namespaces",
       ProbeNamespaceLimits},
      {"userns-policy", false, "user namespaces for ordinary users",
       ProbeUserNamespacePolicy},
      {"user-namespace", true, "containers without privilege",
       ProbeUserNamespace},
      {"namespaces", true, "mount, pid, net, uts, ipc, cgroup",
       ProbeNamespaces},
      {"time-namespace", false, "clocks of its own", ProbeTimeNamespace},
      {"subids", false, "more than one user in a container", ProbeSubIds},
      {"newuidmap", false, "giving subordinate ids", ProbeMapHelpers},
      {"state", true, "the containers' state", ProbeState},
      {"store", true, "images and layers", ProbeStore},
      {"proc", true, "/proc of a new PID namespace", ProbeProc},
      {"sysfs", false, "/sys of a new network namespace", ProbeSysfs},
      {"overlay", true, "a root made of layers", ProbeOverlay},
      {"idmapped", false, "other owners through a mount", ProbeIdMapped},
      {"devices", false, "device nodes", ProbeDevices},
      {"fuse", false, "file systems in programs", ProbeFuse},
      {"memory", false, "--memory", ProbeMemory},
      {"cpu", false, "--cpus, --cpu-shares", ProbeCpu},
      {"pids", false, "--pids-limit", ProbePids},
      {"cpuset", false, "--cpuset-cpus, --cpuset-mems", ProbeCpuset},
      {"freezer", false, "container-pause", ProbeFreezer},
  };
  return features;
}

Finding FindingOf(const absl::Status& status, std::string cure,
                  std::string detail_if_ok) {
  if (status.ok()) return Works(std::move(detail_if_ok));
  return Fails(std::string(status.message()), std::move(cure));
}

}  // namespace cleat::hostcheck
