#include "lib/store/containers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

absl::StatusOr<ImageUser> ParseContainer(std::string text,
                                         const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(const base::JsonDocument document,
                         base::JsonDocument::Parse(std::move(text), path));
  CLEAT_ASSIGN_OR_RETURN(const base::JsonObject object, document.Object());
  ImageUser user;
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view image,
                         object.OptionalString("Image"));
  user.image_id = std::string(image);
  if (object.Has("State")) {
    CLEAT_ASSIGN_OR_RETURN(const base::JsonObject state,
                           object.Object("State"));
    CLEAT_ASSIGN_OR_RETURN(user.running, state.OptionalBool("Running"));
  }
  return user;
}

}  // namespace

absl::StatusOr<std::vector<ImageUser>> ReadDockerContainers(
    const std::string& root) {
  const std::string directory = absl::StrCat(root, "/containers");
  absl::StatusOr<std::vector<std::string>> ids = sys::ListDirectory(directory);
  std::vector<ImageUser> users;
  if (absl::IsNotFound(ids.status())) return users;
  if (!ids.ok()) return ids.status();
  for (const std::string& id : *ids) {
    const std::string path =
        absl::StrCat(directory, "/", id, "/config.v2.json");
    absl::StatusOr<std::string> text = sys::ReadFile(path, base::kMaxJsonBytes);
    // A container that is just being made or removed.
    if (absl::IsNotFound(text.status())) continue;
    if (!text.ok()) return text.status();
    CLEAT_ASSIGN_OR_RETURN(ImageUser user,
                           ParseContainer(*std::move(text), path));
    user.container = id;
    users.push_back(std::move(user));
  }
  return users;
}

}  // namespace cleat::store
