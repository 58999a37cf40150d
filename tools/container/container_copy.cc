// container-copy: files between a container and the host.

#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/containers.h"
#include "lib/cli/current_process.h"
#include "lib/cli/tool.h"
#include "lib/compress/chunks.h"
#include "lib/compress/decompress.h"
#include "lib/compress/fd_source.h"
#include "lib/copy/copy.h"
#include "lib/journal/process.h"
#include "lib/mount/root.h"
#include "lib/runtime/join.h"
#include "lib/sys/file.h"
#include "proto/container_tools.table.h"
#include "proto/process.table.h"
#include "proto/rootfs.table.h"

namespace cleat {
namespace {

using Options = proto::ContainerCopyOptions;

// One of the two operands: "-", "ID:PATH", or a path of the host.
struct Operand {
  bool stream = false;
  std::string container;
  copy::Path path;
};

// As docker cp: what begins with '/' or '.' is of the host whatever follows.
absl::StatusOr<Operand> ParseOperand(const std::string& text) {
  Operand operand;
  operand.stream = text == "-";
  const size_t colon = text.find(':');
  const bool host = colon == std::string::npos || colon == 0 ||
                    absl::StartsWith(text, "/") || absl::StartsWith(text, ".");
  std::string path = text;
  if (!host) {
    operand.container = text.substr(0, colon);
    path = text.substr(colon + 1);
  }
  if (path.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("operand '", text, "': its path is empty"));
  }
  operand.path = copy::ParsePath(path);
  return operand;
}

// Empty where all ids are the same on both sides.
absl::StatusOr<std::vector<procfs::IdRange>> MapOf(const char* file,
                                                   pid_t init) {
  CLEAT_ASSIGN_OR_RETURN(std::vector<procfs::IdRange> map,
                         procfs::ReadIdMap(file, "/proc", absl::StrCat(init)));
  const bool same =
      map.size() == 1 && map[0].inside == 0 && map[0].outside == 0;
  if (same) map.clear();
  return map;
}

absl::StatusOr<copy::Side> OpenRunning(const proto::ProcessId& init) {
  copy::Side side;
  CLEAT_ASSIGN_OR_RETURN(side.root, runtime::OpenRootOf(init.pid()));
  CLEAT_ASSIGN_OR_RETURN(side.uids, MapOf("uid_map", init.pid()));
  CLEAT_ASSIGN_OR_RETURN(side.gids, MapOf("gid_map", init.pid()));
  // Its number may have become another's before the root was opened.
  if (journal::IsAlive(init)) return side;
  return absl::FailedPreconditionError("the container has just ended");
}

// The root of what does not run is mounted where nobody sees it.
absl::StatusOr<copy::Side> OpenSide(const Operand& operand) {
  if (operand.container.empty()) return copy::Side();
  CLEAT_ASSIGN_OR_RETURN(
      const journal::Instance instance,
      cli::SelectContainer(pb::ToolOf<Options>(), "", operand.container, ""));
  CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                         cli::CurrentDocument(instance));
  CLEAT_ASSIGN_OR_RETURN(const auto process,
                         document.Get<proto::Process>("process"));
  if (cli::IsRunning(process.state())) {
    return OpenRunning(process.state().init());
  }
  CLEAT_ASSIGN_OR_RETURN(const auto rootfs, document.Require<proto::Rootfs>(
                                                "rootfs", "overlay-mount"));
  copy::Side side;
  CLEAT_ASSIGN_OR_RETURN(side.root, mount::MountRoot(rootfs));
  return side;
}

absl::Status Run(const Options& options, const Operand& source,
                 const Operand& target) {
  const copy::Options how = {options.archive(), options.follow_link()};
  CLEAT_ASSIGN_OR_RETURN(const copy::Side from, OpenSide(source));
  CLEAT_ASSIGN_OR_RETURN(const copy::Side to, OpenSide(target));
  if (target.stream) {
    return copy::CopyToTar(from, source.path, how, [](absl::string_view bytes) {
      return sys::WriteAll(STDOUT_FILENO, bytes, "standard output");
    });
  }
  if (!source.stream) {
    return copy::Copy(from, source.path, to, target.path, how);
  }
  compress::StreamSource input(STDIN_FILENO);
  compress::Decompressor plain(&input);
  return copy::CopyFromTar(compress::ReadInPlace(&plain).get(), to,
                           target.path);
}

absl::Status ContainerCopy(const Options& options) {
  if (options.paths_size() != 2) {
    return absl::InvalidArgumentError(
        "two operands are expected: ID:PATH and DEST, or SRC and ID:PATH");
  }
  CLEAT_ASSIGN_OR_RETURN(const Operand source, ParseOperand(options.paths(0)));
  CLEAT_ASSIGN_OR_RETURN(const Operand target, ParseOperand(options.paths(1)));
  if (source.container.empty() == target.container.empty()) {
    return absl::InvalidArgumentError(
        source.container.empty()
            ? "neither operand is a container's path (ID:PATH)"
            : "between two containers: copy through '-' (container-copy "
              "ID:PATH - | container-copy - ID:PATH)");
  }
  return Run(options, source, target);
}

}  // namespace

CLEAT_DATA(proto::ContainerCopyOptions, ContainerCopy);

}  // namespace cleat
