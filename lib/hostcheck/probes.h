#ifndef CLEAT_LIB_HOSTCHECK_PROBES_H_
#define CLEAT_LIB_HOSTCHECK_PROBES_H_

#include "lib/hostcheck/features.h"

// One function for each row of the table in features.cc.

namespace cleat::hostcheck {

// kernel_probes.cc
Finding ProbeKernel(const Host& host);
Finding ProbePidfd(const Host& host);
Finding ProbeClone3(const Host& host);
Finding ProbeOpenat2(const Host& host);
Finding ProbeSeccomp(const Host& host);
Finding ProbeKeyring(const Host& host);
Finding ProbeNsfs(const Host& host);

// namespace_probes.cc
Finding ProbeNamespaceLimits(const Host& host);
Finding ProbeUserNamespacePolicy(const Host& host);
Finding ProbeUserNamespace(const Host& host);
Finding ProbeNamespaces(const Host& host);
Finding ProbeTimeNamespace(const Host& host);
Finding ProbeSubIds(const Host& host);
Finding ProbeMapHelpers(const Host& host);

// file_probes.cc
Finding ProbeState(const Host& host);
Finding ProbeStore(const Host& host);
Finding ProbeProc(const Host& host);
Finding ProbeSysfs(const Host& host);
Finding ProbeOverlay(const Host& host);
Finding ProbeIdMapped(const Host& host);
Finding ProbeDevices(const Host& host);
Finding ProbeFuse(const Host& host);

// cgroup_probes.cc
Finding ProbeMemory(const Host& host);
Finding ProbeCpu(const Host& host);
Finding ProbePids(const Host& host);
Finding ProbeCpuset(const Host& host);
Finding ProbeFreezer(const Host& host);

}  // namespace cleat::hostcheck

#endif  // CLEAT_LIB_HOSTCHECK_PROBES_H_
