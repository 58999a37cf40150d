#include "lib/stage/layer_commit.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/derive/derive_image.h"
#include "lib/journal/process.h"
#include "lib/journal/undo.h"
#include "lib/stage/container_trees.h"
#include "proto/image.table.h"
#include "proto/layers.table.h"
#include "proto/process.table.h"
#include "proto/rootfs.table.h"

namespace cleat::stage {
namespace {

using Options = proto::LayerCommitOptions;

absl::Status CheckEnded(const proto::Process& process) {
  if (!journal::IsAlive(process.state().init())) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the container runs, as process ", process.state().init().pid(),
      " (container-stop ends its program)"));
}

absl::StatusOr<derive::Derived> Derive(const Options& options,
                                       const cli::Document& document,
                                       const std::string& created_by) {
  derive::Derivation derivation;
  CLEAT_ASSIGN_OR_RETURN(derivation.base,
                         document.Require<proto::Image>("image", "image-get"));
  derivation.created_by = created_by;
  derivation.is_child = true;
  derivation.edit = options.edit();
  derivation.names = {options.tag().begin(), options.tag().end()};
  CLEAT_RETURN_IF_ERROR(
      derive::CheckDerivation(derivation.edit, derivation.names));
  CLEAT_ASSIGN_OR_RETURN(ContainerTrees trees, TreesOf(document));
  layer::PackOptions packing;
  CLEAT_ASSIGN_OR_RETURN(const absl::Time now, derive::CreationTime());
  packing.latest_mtime = absl::ToUnixSeconds(now);
  packing.without = std::move(trees.without);
  const std::string store = cli::StorePath(options.filter().common());
  CLEAT_ASSIGN_OR_RETURN(
      derive::NewLayer layer,
      derive::MakeLayer(store, trees.before, trees.after, packing));
  if (!layer.empty) derivation.layers.push_back(std::move(layer));
  return derive::DeriveImage(std::move(derivation), store);
}

// The new image with a root upon its layers: what overlay-mount would write.
cli::Document TemplateOf(const cli::Document& document,
                         const proto::Rootfs& rootfs,
                         const derive::Derived& derived) {
  cli::Document next;
  *next.envelope().mutable_labels() = document.envelope().labels();
  proto::Layers layers;
  *layers.mutable_state() = derived.layers;
  proto::Rootfs root;
  *root.mutable_spec() = rootfs.spec();
  root.mutable_spec()->clear_lower();
  root.mutable_spec()->set_store(derived.layers.store());
  const auto& unpacked = derived.layers.layers();
  for (auto layer = unpacked.rbegin(); layer != unpacked.rend(); ++layer) {
    root.mutable_spec()->add_lower(layer->path());
  }
  next.Set("image", derived.image);
  next.Set("layers", layers);
  next.Set("rootfs", root);
  return next;
}

absl::Status EndContainer(const Options& options, cli::Document& document) {
  if (!document.HasInstance()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(journal::Instance * instance, document.Instance());
  return options.filter().keep() ? instance->Keep()
                                 : journal::Unwind(*instance, {});
}

}  // namespace

absl::Status LayerCommit(const Options& options, cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(const auto process,
                         document.Get<proto::Process>("process"));
  CLEAT_RETURN_IF_ERROR(CheckEnded(process));
  CLEAT_ASSIGN_OR_RETURN(const auto rootfs, document.Require<proto::Rootfs>(
                                                "rootfs", "overlay-mount"));
  CLEAT_ASSIGN_OR_RETURN(
      const derive::Derived derived,
      Derive(options, document, absl::StrJoin(process.spec().args(), " ")));
  cli::Document next = TemplateOf(document, rootfs, derived);
  CLEAT_RETURN_IF_ERROR(EndContainer(options, document));
  document = std::move(next);
  return absl::OkStatus();
}

}  // namespace cleat::stage
