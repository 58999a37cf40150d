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

namespace {

absl::StatusOr<std::unique_ptr<FileSet>> OpenFiles(const Source& source) {
  if (source.transport == Transport::kStore) {
    return absl::InternalError(
        absl::StrCat("read image ", source.name, ": the store is elsewhere"));
  }
  return source.transport == Transport::kOciLayout
             ? DirectoryFiles::Open(source.path)
             : ArchiveFiles::Open(source.path);
}

}  // namespace

absl::StatusOr<proto::ImageState> ReadImage(
    const Source& source, const absl::optional<proto::Platform>& platform,
    std::string* config) {
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<FileSet> files,
                         OpenFiles(source));
  return source.transport == Transport::kDockerArchive
             ? ReadDockerArchive(*files, source.name, platform, config)
             : ReadOciLayout(*files, source.name, platform, config);
}

absl::StatusOr<std::vector<ListedImage>> ListImages(const Source& source) {
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<FileSet> files,
                         OpenFiles(source));
  return source.transport == Transport::kDockerArchive
             ? ListDockerArchive(*files)
             : ListOciLayout(*files);
}

absl::StatusOr<Transport> DetectArchive(const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<FileSet> files,
                         ArchiveFiles::Open(path));
  if (files->Locate("manifest.json").ok()) return Transport::kDockerArchive;
  if (files->Locate("oci-layout").ok()) return Transport::kOciArchive;
  return absl::InvalidArgumentError(absl::StrCat(
      "read ", path,
      ": is no archive of images: it has neither manifest.json nor "
      "oci-layout; image-import makes an image of a root file system"));
}

}  // namespace cleat::image
