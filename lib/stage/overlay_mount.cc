#include "lib/stage/overlay_mount.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/mount/root.h"
#include "lib/ns/rootless.h"
#include "lib/sys/file.h"
#include "lib/sys/mount.h"
#include "proto/layers.table.h"
#include "proto/rootfs.table.h"

namespace cleat::stage {
namespace {

using Options = proto::OverlayMountOptions;

// The layers of the document, bottom first, become overlayfs's, top first.
absl::Status TakeLayers(const cli::Document& document,
                        proto::RootfsSpec* spec) {
  CLEAT_ASSIGN_OR_RETURN(
      const proto::Layers layers,
      document.Require<proto::Layers>("layers", "layer-unpack, or --lower"));
  const auto& unpacked = layers.state().layers();
  for (auto layer = unpacked.rbegin(); layer != unpacked.rend(); ++layer) {
    CLEAT_ASSIGN_OR_RETURN(*spec->add_lower(),
                           mount::CheckedDirectory(layer->path()));
  }
  if (!layers.state().store().empty()) spec->set_store(layers.state().store());
  return absl::OkStatus();
}

absl::StatusOr<proto::Rootfs> Describe(const Options& options,
                                       const cli::Document& document) {
  proto::Rootfs rootfs;
  *rootfs.mutable_spec() = options.spec();
  rootfs.mutable_spec()->set_store(cli::StorePath(options.filter().common()));
  for (const std::string& lower : options.lower()) {
    CLEAT_ASSIGN_OR_RETURN(*rootfs.mutable_spec()->add_lower(),
                           mount::CheckedDirectory(lower));
  }
  if (options.lower_size() > 0) return rootfs;
  CLEAT_RETURN_IF_ERROR(TakeLayers(document, rootfs.mutable_spec()));
  return rootfs;
}

proto::Step StepOfThis() {
  proto::Step step;
  step.set_tool("overlay-mount");
  return step;
}

absl::Status MountAt(const std::string& at, journal::Instance& instance,
                     proto::Rootfs* rootfs) {
  if (ns::RightsHere() == ns::Rights::kOrdinary) {
    return absl::PermissionDeniedError(
        "--at mounts on the host, which only root may: without it rootfs-run "
        "mounts the root in the container");
  }
  CLEAT_ASSIGN_OR_RETURN(const std::string target, mount::CheckedDirectory(at));
  proto::Step step = StepOfThis();
  if (mount::NeedsUpper(*rootfs)) {
    const std::string parent = mount::UpperParent(*rootfs, instance.id());
    step.set_directory(parent);
    CLEAT_RETURN_IF_ERROR(instance.Record(step));
    CLEAT_RETURN_IF_ERROR(
        mount::MakeUpper(parent, rootfs->spec(), {}, rootfs->mutable_state()));
  }
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd root, mount::MountRoot(*rootfs));
  step.set_mount(target);
  CLEAT_RETURN_IF_ERROR(instance.Record(step));
  CLEAT_RETURN_IF_ERROR(sys::AttachMount(root.get(), AT_FDCWD, target));
  rootfs->mutable_state()->set_mounted_at(target);
  return absl::OkStatus();
}

}  // namespace

absl::Status OverlayMount(const Options& options, cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(const proto::Rootfs present,
                         document.Get<proto::Rootfs>("rootfs"));
  if (present.has_state()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the container has a root already (", present.state().upper(), ")"));
  }
  CLEAT_ASSIGN_OR_RETURN(proto::Rootfs rootfs, Describe(options, document));
  if (options.has_at() && !options.filter().defer()) {
    CLEAT_ASSIGN_OR_RETURN(journal::Instance* const instance,
                           document.Instance());
    CLEAT_RETURN_IF_ERROR(MountAt(options.at(), *instance, &rootfs));
  }
  document.Set("rootfs", rootfs);
  return absl::OkStatus();
}

}  // namespace cleat::stage
