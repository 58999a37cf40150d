#include "lib/derive/config_text.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/digest/digest.h"
#include "lib/digest/sha256.h"
#include "lib/image/archive_files.h"
#include "lib/image/directory_files.h"
#include "lib/image/file_set.h"
#include "lib/image/source.h"
#include "lib/store/image_store.h"

namespace cleat::derive {
namespace {

// In layouts, and in archives of Docker up to 24.
absl::StatusOr<std::string> ReadFrom(const image::FileSet& files,
                                     absl::string_view hex) {
  absl::StatusOr<std::string> text =
      files.Read(absl::StrCat("blobs/sha256/", hex), base::kMaxJsonBytes);
  if (!absl::IsNotFound(text.status())) return text;
  return files.Read(absl::StrCat(hex, ".json"), base::kMaxJsonBytes);
}

absl::StatusOr<std::string> ReadFromSource(const proto::Image& image,
                                           absl::string_view hex) {
  CLEAT_ASSIGN_OR_RETURN(const image::Source source,
                         image::ParseSource(image.spec().reference()));
  if (source.transport == image::Transport::kStore) {
    return absl::NotFoundError(absl::StrCat("image ", image.state().id(),
                                            ": the store does not have it"));
  }
  CLEAT_ASSIGN_OR_RETURN(const std::unique_ptr<image::FileSet> files,
                         source.transport == image::Transport::kOciLayout
                             ? image::DirectoryFiles::Open(source.path)
                             : image::ArchiveFiles::Open(source.path));
  return ReadFrom(*files, hex);
}

}  // namespace

absl::StatusOr<std::string> ConfigText(const proto::Image& image,
                                       const std::string& store) {
  const std::string& id = image.state().id();
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view hex, digest::ParseHex(id));
  absl::StatusOr<std::string> text = store::ImageStore(store).Get(id);
  if (!absl::IsNotFound(text.status())) return text;
  CLEAT_ASSIGN_OR_RETURN(text, ReadFromSource(image, hex));
  if (digest::Sha256Of(*text) == id) return text;
  return absl::DataLossError(
      absl::StrCat("image config ", id, ": its bytes have another digest"));
}

}  // namespace cleat::derive
