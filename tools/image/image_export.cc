// image-export: an image's files as an archive, or one of them as it is.

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/compress/fd_source.h"
#include "lib/derive/image_trees.h"
#include "lib/diff/resolve.h"
#include "lib/layer/pack.h"
#include "lib/sys/atomic_file.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/interrupt.h"
#include "proto/image_edit.table.h"

namespace cleat {
namespace {

using Options = proto::ImageExportOptions;

absl::Status CopyFile(const diff::Resolved& file, const tar::Sink& sink) {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd,
                         sys::OpenAt(file.parent->fd(file.name), file.name.text,
                                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  compress::StreamSource source(fd.get());
  std::string buffer(256 << 10, '\0');
  while (true) {
    CLEAT_RETURN_IF_ERROR(sys::CheckInterrupt());
    CLEAT_ASSIGN_OR_RETURN(const size_t count,
                           source.Read(&buffer[0], buffer.size()));
    if (count == 0) return absl::OkStatus();
    CLEAT_RETURN_IF_ERROR(sink(absl::string_view(buffer.data(), count)));
  }
}

absl::Status Export(const Options& options, const diff::Stack& tree,
                    const tar::Sink& sink) {
  layer::PackOptions packing;
  packing.without_root = true;
  for (const std::string& path : options.paths()) {
    CLEAT_ASSIGN_OR_RETURN(diff::Resolved file, diff::Resolve(tree, path));
    if (options.paths_size() == 1 &&
        file.attributes.entry.type == tar::Type::kFile) {
      return CopyFile(file, sink);
    }
    packing.only.push_back(std::move(file.path));
  }
  return layer::Pack({}, tree, packing, sink);
}

absl::Status ImageExport(const Options& options) {
  if (options.paths().empty() && !options.has_output() &&
      isatty(STDOUT_FILENO)) {
    return absl::FailedPreconditionError(
        "write to a terminal: refused (redirect it, or give --output=FILE)");
  }
  CLEAT_ASSIGN_OR_RETURN(
      const derive::ImageTrees image,
      derive::OpenImage(options.image(), cli::StorePath(options.common())));
  sys::AtomicFile output;
  if (options.has_output()) {
    CLEAT_ASSIGN_OR_RETURN(output, sys::AtomicFile::Create(options.output()));
  }
  const int fd = options.has_output() ? output.fd() : STDOUT_FILENO;
  const std::string name =
      options.has_output() ? options.output() : "standard output";
  CLEAT_RETURN_IF_ERROR(Export(
      options, image.All(),
      [&](absl::string_view data) { return sys::WriteAll(fd, data, name); }));
  return output.Commit();
}

}  // namespace

CLEAT_DATA(proto::ImageExportOptions, ImageExport);

}  // namespace cleat
