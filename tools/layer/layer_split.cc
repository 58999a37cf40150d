// layer-split: writes what of a layer's tar is not in its unpacked tree.

#include <unistd.h>

#include <memory>
#include <string>

#include "lib/base/status_macros.h"
#include "lib/cli/binary_output.h"
#include "lib/cli/tool.h"
#include "lib/layer/blob.h"
#include "lib/tar/reader.h"
#include "lib/tarsplit/split_file.h"
#include "proto/layers.table.h"

namespace cleat {
namespace {

absl::StatusOr<std::unique_ptr<layer::Blob>> OpenLayer(
    const std::string& layer) {
  if (layer.empty() || layer == "-") {
    return layer::Blob::FromDescriptor(STDIN_FILENO);
  }
  return layer::Blob::Open({layer});
}

absl::Status ReadThrough(tar::Reader& reader) {
  tar::Entry entry;
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const bool more, reader.Next(&entry));
    if (!more) return reader.Drain();
  }
}

absl::Status LayerSplit(const proto::LayerSplitOptions& options) {
  CLEAT_RETURN_IF_ERROR(cli::CheckBinaryOutput());
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<layer::Blob> blob,
                         OpenLayer(options.layer()));
  tarsplit::SplitFile split(
      STDOUT_FILENO, "standard output",
      options.whole() ? tarsplit::Data::kInSplit : tarsplit::Data::kInTree);
  tar::Reader reader(blob.get(), split.tap());
  CLEAT_RETURN_IF_ERROR(ReadThrough(reader));
  CLEAT_RETURN_IF_ERROR(blob->Finish().status());
  CLEAT_RETURN_IF_ERROR(split.Finish());
  if (!split.replaced_data()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "split: a file of the layer replaces an earlier one, whose data no tree "
      "has: the split cannot be joined (--whole keeps all data)");
}

}  // namespace

CLEAT_DATA(proto::LayerSplitOptions, LayerSplit);

}  // namespace cleat
