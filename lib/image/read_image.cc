#include "lib/image/read_image.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/image/archive_files.h"
#include "lib/image/directory_files.h"
#include "lib/image/docker_archive.h"
#include "lib/image/file_set.h"
#include "lib/image/oci_layout.h"

namespace cleat::image {

absl::StatusOr<proto::ImageState> ReadImage(
    const Source& source, const absl::optional<proto::Platform>& platform) {
  if (source.transport == Transport::kStore) {
    return absl::InternalError(
        absl::StrCat("read image ", source.name, ": the store is elsewhere"));
  }
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<FileSet> files,
                         source.transport == Transport::kOciLayout
                             ? DirectoryFiles::Open(source.path)
                             : ArchiveFiles::Open(source.path));
  return source.transport == Transport::kDockerArchive
             ? ReadDockerArchive(*files, source.name, platform)
             : ReadOciLayout(*files, source.name, platform);
}

}  // namespace cleat::image
