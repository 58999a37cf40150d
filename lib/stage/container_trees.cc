#include "lib/stage/container_trees.h"

#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/layer/image_layers.h"
#include "lib/ns/rootless.h"
#include "lib/store/own_form.h"
#include "lib/sys/privilege.h"
#include "proto/namespaces.table.h"
#include "proto/rootfs.table.h"

namespace cleat::stage {
namespace {

absl::Status CheckRoot(const proto::Rootfs& rootfs) {
  if (rootfs.state().has_upper()) return absl::OkStatus();
  if (rootfs.spec().has_tmpfs_bytes() || rootfs.spec().read_only() ||
      rootfs.spec().has_directory()) {
    return absl::FailedPreconditionError(
        "the container has no upper directory (overlay-mount without --tmpfs "
        "and --read-only makes one)");
  }
  return absl::FailedPreconditionError(
      "the container has not run yet (rootfs-run --emit writes such a "
      "document)");
}

// An idmapped root has in its upper directory what the ids are outside.
absl::Status CheckIds(const cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(const auto namespaces,
                         document.Get<proto::Namespaces>("namespaces"));
  const proto::NamespacesSpec& spec = namespaces.spec();
  const bool mapped = spec.uidmap_size() > 0 || spec.gidmap_size() > 0 ||
                      spec.userns() == "private" || spec.userns() == "keep-id";
  if (!mapped || !sys::InFirstUserNamespace() ||
      ns::RightsHere() == ns::Rights::kOrdinary) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      "the container has a user namespace of its own, and its files other ids "
      "than its layers (run it without --userns and --uidmap)");
}

}  // namespace

absl::StatusOr<ContainerTrees> TreesOf(const cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(const auto rootfs, document.Require<proto::Rootfs>(
                                                "rootfs", "overlay-mount"));
  CLEAT_RETURN_IF_ERROR(CheckRoot(rootfs));
  CLEAT_RETURN_IF_ERROR(CheckIds(document));
  CLEAT_ASSIGN_OR_RETURN(const store::StoreForm form,
                         store::OwnForm(rootfs.spec().store()));
  CLEAT_RETURN_IF_ERROR(store::EnterForm(form));
  ContainerTrees trees;
  trees.before.form = trees.after.form = layer::FormOf(form);
  trees.before.layers.assign(rootfs.spec().lower().begin(),
                             rootfs.spec().lower().end());
  trees.after.layers = {rootfs.state().upper()};
  trees.after.layers.insert(trees.after.layers.end(),
                            trees.before.layers.begin(),
                            trees.before.layers.end());
  for (const std::string& path : rootfs.state().mount_points()) {
    trees.without.emplace_back(absl::StripPrefix(path, "/"));
  }
  return trees;
}

}  // namespace cleat::stage
