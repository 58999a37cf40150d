// image-remove: removes names of images, and images that have none left.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/cli/delivery.h"
#include "lib/cli/tool.h"
#include "lib/stage/store_users.h"
#include "lib/store/remove_image.h"
#include "proto/image_tools.table.h"

namespace cleat {
namespace {

absl::Status RemoveAll(const std::string& root,
                       const proto::ImageRemoveOptions& options,
                       std::vector<std::string>* done) {
  store::RemoveOptions remove;
  remove.force = options.force();
  remove.no_prune = options.no_prune();
  CLEAT_ASSIGN_OR_RETURN(stage::StoreUsers users, stage::FindStoreUsers(root));
  remove.users = std::move(users.images);
  remove.keep = std::move(users.layers);
  for (const std::string& image : options.images()) {
    CLEAT_RETURN_IF_ERROR(store::RemoveImage(root, image, remove, done));
  }
  return absl::OkStatus();
}

// What was done is told even when something else then failed.
absl::Status ImageRemove(const proto::ImageRemoveOptions& options,
                         std::string* /*output*/) {
  std::vector<std::string> done;
  absl::Status status =
      RemoveAll(cli::StorePath(options.common()), options, &done);
  if (!done.empty()) {
    status.Update(
        cli::Deliver(absl::StrCat(absl::StrJoin(done, "\n"), "\n"), {}));
  }
  return status;
}

}  // namespace

CLEAT_QUERY(proto::ImageRemoveOptions, ImageRemove);

}  // namespace cleat
