// layer-pack: packs a directory as a layer.

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/layer/pack_options.h"
#include "lib/layer/pack_stream.h"
#include "lib/pb/json.h"
#include "lib/sys/atomic_file.h"
#include "lib/sys/file.h"
#include "proto/layer_pack.table.h"
#include "proto/layers.table.h"

namespace cleat {
namespace {

using Options = proto::LayerPackOptions;

struct Trees {
  diff::Stack before;
  diff::Stack after;
};

absl::StatusOr<Trees> TreesOf(const Options& options) {
  if (!options.has_dir()) {
    return cli::WithExitStatus(
        absl::InvalidArgumentError("--dir=DIR is missing: what to pack"), 2);
  }
  Trees trees;
  trees.before.form = trees.after.form = layer::OwnTreeForm();
  trees.before.layers = {options.base().begin(), options.base().end()};
  trees.after.layers = {options.dir()};
  trees.after.raw = trees.before.layers.empty();
  if (options.upper()) {
    trees.after.layers.insert(trees.after.layers.end(), options.base().begin(),
                              options.base().end());
  }
  return trees;
}

std::string MetadataOf(const layer::Summary& summary) {
  proto::HashedLayer layer;
  layer.set_diff_id(summary.diff_id);
  layer.set_digest(summary.digest);
  layer.set_size(summary.size);
  layer.set_plain_size(summary.plain_size);
  layer.set_media_type(std::string(layer::MediaType(summary.format)));
  return absl::StrCat(pb::ToJson(layer), "\n");
}

absl::StatusOr<layer::Summary> PackTo(const Options& options, int fd,
                                      const std::string& name,
                                      tar::Sink manifest) {
  CLEAT_ASSIGN_OR_RETURN(const Trees trees, TreesOf(options));
  CLEAT_ASSIGN_OR_RETURN(layer::PackOptions packing,
                         layer::ParsePackOptions(options.packing()));
  packing.manifest = std::move(manifest);
  layer::PackedForm form;
  CLEAT_ASSIGN_OR_RETURN(form.compression,
                         layer::ParseCompression(options.compression()));
  form.digests = options.has_metadata();
  return layer::PackStream(
      trees.before, trees.after, packing, form,
      [&](absl::string_view data) { return sys::WriteAll(fd, data, name); });
}

// What is written beside the layer appears when the layer is complete.
absl::Status WriteFiles(const Options& options, const layer::Summary& summary,
                        sys::AtomicFile* mtree) {
  if (mtree->fd() >= 0) CLEAT_RETURN_IF_ERROR(mtree->Commit());
  if (!options.has_metadata()) return absl::OkStatus();
  return sys::WriteFileAtomic(options.metadata(), MetadataOf(summary));
}

absl::Status LayerPack(const Options& options) {
  if (!options.has_output() && isatty(STDOUT_FILENO)) {
    return absl::FailedPreconditionError(
        "write to a terminal: refused (redirect it, or give --output=FILE)");
  }
  sys::AtomicFile mtree;
  tar::Sink manifest;
  if (options.has_mtree()) {
    CLEAT_ASSIGN_OR_RETURN(mtree, sys::AtomicFile::Create(options.mtree()));
    manifest = [&](absl::string_view line) {
      return sys::WriteAll(mtree.fd(), line, options.mtree());
    };
  }
  sys::AtomicFile output;
  if (options.has_output()) {
    CLEAT_ASSIGN_OR_RETURN(output, sys::AtomicFile::Create(options.output()));
  }
  CLEAT_ASSIGN_OR_RETURN(
      const layer::Summary summary,
      options.has_output()
          ? PackTo(options, output.fd(), options.output(), manifest)
          : PackTo(options, STDOUT_FILENO, "standard output", manifest));
  if (options.has_output()) CLEAT_RETURN_IF_ERROR(output.Commit());
  return WriteFiles(options, summary, &mtree);
}

}  // namespace

CLEAT_DATA(proto::LayerPackOptions, LayerPack);

}  // namespace cleat
