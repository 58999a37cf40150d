// layer-join: puts a layer's tar together again.

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/binary_output.h"
#include "lib/cli/tool.h"
#include "lib/layer/stored.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "proto/layers.table.h"

namespace cleat {
namespace {

absl::Status LayerJoin(const proto::LayerJoinOptions& options) {
  CLEAT_RETURN_IF_ERROR(cli::CheckBinaryOutput());
  const std::string dir = options.has_dir() ? options.dir() : ".";
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd tree,
                         sys::Open(dir, O_RDONLY | O_DIRECTORY));
  sys::Fd file;
  if (options.has_split() && options.split() != "-") {
    CLEAT_ASSIGN_OR_RETURN(file, sys::Open(options.split(), O_RDONLY));
  }
  return layer::JoinLayer(file.valid() ? file.get() : STDIN_FILENO, tree.get(),
                          options.expect(), cli::WriteOutput);
}

}  // namespace

CLEAT_DATA(proto::LayerJoinOptions, LayerJoin);

}  // namespace cleat
