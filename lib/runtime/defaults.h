#ifndef CLEAT_LIB_RUNTIME_DEFAULTS_H_
#define CLEAT_LIB_RUNTIME_DEFAULTS_H_

#include <sys/types.h>

#include <cstdint>

#include "proto/oci_runtime.pb.h"

namespace cleat::runtime {

// The PATH of a container whose image sets none.
inline constexpr char kDefaultPath[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// What every container has below /dev, whatever its spec says
// (runtime-spec, config-linux.md, "Default Devices").
struct DefaultDevice {
  const char* path;
  uint32_t major;
  uint32_t minor;
};
inline constexpr DefaultDevice kDefaultDevices[] = {
    {"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
    {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
};

// runtime-linux.md, "Dev symbolic links"; /dev/ptmx of config-linux.md.
struct DefaultLink {
  const char* target;
  const char* path;
};
inline constexpr DefaultLink kDefaultLinks[] = {
    {"/proc/self/fd", "/dev/fd"},       {"/proc/self/fd/0", "/dev/stdin"},
    {"/proc/self/fd/1", "/dev/stdout"}, {"/proc/self/fd/2", "/dev/stderr"},
    {"pts/ptmx", "/dev/ptmx"},
};

// What Docker gives a container that asks for nothing (moby,
// oci/defaults.go): all namespaces but user and time, its mounts, masked and
// read-only paths, 14 capabilities, two sysctls, and its filter of system
// calls. As there, programs may gain privileges by exec: sudo(8) and ping(8)
// do.
proto::oci::Spec DefaultSpec();

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_DEFAULTS_H_
