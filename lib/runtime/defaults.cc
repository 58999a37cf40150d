#include "lib/runtime/defaults.h"

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace cleat::runtime {
namespace {

struct DefaultMount {
  const char* destination;
  const char* type;
  const char* source;
  // With commas between them.
  absl::string_view options;
};

// In Docker's order, parents first.
constexpr DefaultMount kMounts[] = {
    {"/proc", "proc", "proc", "nosuid,noexec,nodev"},
    {"/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"},
    {"/dev/pts", "devpts", "devpts",
     "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"},
    {"/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro"},
    {"/sys/fs/cgroup", "cgroup", "cgroup", "nosuid,noexec,nodev,ro"},
    {"/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev"},
    {"/dev/shm", "tmpfs", "shm", "nosuid,noexec,nodev,mode=1777,size=65536k"},
};

constexpr const char* kNamespaces[] = {"pid", "mount",   "uts",
                                       "ipc", "network", "cgroup"};

constexpr const char* kMaskedPaths[] = {
    "/proc/acpi",          "/proc/asound",
    "/proc/kcore",         "/proc/keys",
    "/proc/latency_stats", "/proc/sched_debug",
    "/proc/scsi",          "/proc/timer_list",
    "/proc/timer_stats",   "/sys/devices/virtual/powercap",
    "/sys/firmware",
};

constexpr const char* kReadonlyPaths[] = {
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

constexpr const char* kCapabilities[] = {
    "CAP_AUDIT_WRITE",  "CAP_CHOWN",
    "CAP_DAC_OVERRIDE", "CAP_FOWNER",
    "CAP_FSETID",       "CAP_KILL",
    "CAP_MKNOD",        "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW",      "CAP_SETFCAP",
    "CAP_SETGID",       "CAP_SETPCAP",
    "CAP_SETUID",       "CAP_SYS_CHROOT",
};

// Of the container's own network namespace: nobody there needs root for a
// low port or for ping.
constexpr const char* kSysctls[][2] = {
    {"net.ipv4.ip_unprivileged_port_start", "0"},
    {"net.ipv4.ping_group_range", "0 2147483647"},
};

void AddMounts(proto::oci::Spec& spec) {
  for (const DefaultMount& from : kMounts) {
    proto::oci::Mount& mount = *spec.add_mounts();
    mount.set_destination(from.destination);
    mount.set_type(from.type);
    mount.set_source(from.source);
    for (absl::string_view option : absl::StrSplit(from.options, ',')) {
      mount.add_options(std::string(option));
    }
  }
}

void AddCapabilities(proto::oci::Capabilities& capabilities) {
  for (const char* name : kCapabilities) {
    capabilities.add_bounding(name);
    capabilities.add_effective(name);
    capabilities.add_permitted(name);
  }
}

void AddLinux(proto::oci::Linux& parts) {
  for (const char* type : kNamespaces) parts.add_namespaces()->set_type(type);
  for (const char* path : kMaskedPaths) parts.add_masked_paths(path);
  for (const char* path : kReadonlyPaths) parts.add_readonly_paths(path);
  for (const auto& sysctl : kSysctls) {
    (*parts.mutable_sysctl())[sysctl[0]] = sysctl[1];
  }
}

}  // namespace

proto::oci::Spec DefaultSpec() {
  proto::oci::Spec spec;
  spec.set_oci_version("1.0.2");
  AddMounts(spec);
  proto::oci::Process& process = *spec.mutable_process();
  process.set_cwd("/");
  AddCapabilities(*process.mutable_capabilities());
  AddLinux(*spec.mutable_linux());
  spec.mutable_linux()->mutable_seccomp()->set_use_default(true);
  return spec;
}

}  // namespace cleat::runtime
