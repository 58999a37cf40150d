#include "lib/stage/run_spec.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/device_rules.h"
#include "lib/mount/root.h"
#include "lib/runtime/etc_files.h"
#include "lib/runtime/mount_points.h"
#include "lib/runtime/namespace_mode.h"
#include "lib/runtime/network_mode.h"
#include "lib/runtime/spec_builder.h"
#include "lib/runtime/user_devices.h"
#include "lib/runtime/user_mounts.h"
#include "lib/stage/run_effects.h"

namespace cleat::stage {
namespace {

absl::Status AddEtc(const Run& run, proto::oci::Spec* spec) {
  CLEAT_ASSIGN_OR_RETURN(
      const runtime::EtcFiles files,
      runtime::MakeEtcFiles(run.network.spec(), spec->hostname()));
  // In the state directory, with which they go.
  return runtime::AddEtcFiles(
      files, absl::StrCat(run.instance->directory(), "/etc"), spec);
}

absl::Status AddDevices(const Run& run, proto::oci::Spec* spec) {
  runtime::AddDefaultDeviceRules(spec);
  if (run.process.spec().privileged()) return runtime::AddHostDevices(spec);
  const auto& flags = run.mounts.spec().device();
  CLEAT_RETURN_IF_ERROR(
      runtime::AddUserDevices({flags.begin(), flags.end()}, spec));
  CLEAT_ASSIGN_OR_RETURN(const cgroup::DeviceRules added,
                         cgroup::AddedDeviceRules(run.cgroup.spec()));
  spec->mutable_linux()->mutable_resources()->mutable_devices()->MergeFrom(
      added);
  return absl::OkStatus();
}

// The working directory, which is made as mount points are.
bool LacksDirectory(const RunSpec& made) {
  proto::oci::Spec spec;
  *spec.mutable_mounts() = made.spec.mounts();
  spec.add_mounts()->set_destination(made.spec.process().cwd());
  return !runtime::MissingMountPoints(made.root.get(), spec).empty();
}

absl::Status PrepareMountPoints(Run& run, RunSpec& made) {
  const std::vector<std::string> missing =
      runtime::MissingMountPoints(made.root.get(), made.spec);
  const bool writable =
      !run.rootfs.spec().read_only() || run.rootfs.state().has_upper();
  if (missing.empty() && (writable || !LacksDirectory(made))) {
    return absl::OkStatus();
  }
  if (!writable) {
    CLEAT_ASSIGN_OR_RETURN(made.root,
                           mount::MountRootInMemory(run.rootfs, run.id_maps));
    return absl::OkStatus();
  }
  auto& known = *run.rootfs.mutable_state()->mutable_mount_points();
  for (const std::string& path : missing) *known.Add() = path;
  return absl::OkStatus();
}

// The host keeps its names.
absl::Status CheckNames(const Run& run) {
  const proto::ProcessSpec& process = run.process.spec();
  const bool named =
      !process.hostname().empty() || !process.domainname().empty();
  if (!named || run.namespaces.spec().uts() != "host") return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--uts=host: takes no --hostname or --domainname");
}

}  // namespace

absl::StatusOr<RunSpec> MakeRunSpec(Run& run) {
  CLEAT_RETURN_IF_ERROR(CheckNames(run));
  RunSpec made;
  CLEAT_ASSIGN_OR_RETURN(made.root, MountRoot(run));
  CLEAT_ASSIGN_OR_RETURN(made.spec,
                         runtime::BuildSpec(run.sources, made.root.get()));
  CLEAT_RETURN_IF_ERROR(
      runtime::SetNetworkMode(run.network.spec(), &made.spec));
  CLEAT_RETURN_IF_ERROR(
      runtime::SetNamespaceModes(run.namespaces.spec(), &made.spec));
  CLEAT_RETURN_IF_ERROR(runtime::UseNamespaces(run.joined, &made.spec));
  CLEAT_RETURN_IF_ERROR(AddDevices(run, &made.spec));
  CLEAT_RETURN_IF_ERROR(AddEtc(run, &made.spec));
  CLEAT_RETURN_IF_ERROR(runtime::AddUserMounts(run.mounts.spec(), &made.spec));
  CLEAT_RETURN_IF_ERROR(PrepareMountPoints(run, made));
  return made;
}

}  // namespace cleat::stage
