#include "lib/store/remove_image.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/image/config.h"
#include "lib/image/reference.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_use.h"
#include "lib/store/remove_layers.h"
#include "lib/store/repositories.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::store {
namespace {

using Names = std::vector<std::string>;

std::string RepositoryOf(absl::string_view name) {
  const absl::StatusOr<image::Reference> reference =
      image::ParseReference(name);
  return reference.ok() ? image::FamiliarName(*reference) : std::string(name);
}

bool IsDigestName(absl::string_view name) {
  return absl::StrContains(name, '@');
}

// At most one tag, and all names in one repository.
bool IsSingleReference(const Names& names) {
  const auto tags = std::count_if(names.begin(), names.end(), [](auto& name) {
    return !IsDigestName(name);
  });
  return tags <= 1 && std::all_of(names.begin(), names.end(), [&](auto& name) {
           return RepositoryOf(name) == RepositoryOf(names.front());
         });
}

bool IsDigestOf(absl::string_view id, absl::string_view text) {
  return absl::StartsWith(absl::StripPrefix(id, "sha256:"),
                          absl::StripPrefix(text, "sha256:"));
}

absl::Status Conflict(absl::string_view id, absl::string_view reason,
                      bool force_helps) {
  return absl::FailedPreconditionError(absl::StrCat(
      "remove image ", id, ": ", reason, force_helps ? " (--force)" : ""));
}

class Remover {
 public:
  Remover(const std::string& root, const RemoveOptions& options, Names* done)
      : paths_(root), images_(root), options_(options), done_(done) {}

  absl::Status Run(absl::string_view text);

 private:
  // What is decided while nobody can change the names: with those that go.
  absl::Status Decide(absl::string_view text, Repositories& repositories);
  absl::Status DecideByName(const std::string& name, const Names& names);
  absl::Status DecideById(const Names& names);
  // Whether the image itself may go. `soft`: what --force overrides counts.
  absl::Status CheckConflicts(const std::string& id, bool soft) const;
  absl::Status CheckChildren(const std::string& id) const;
  absl::Status CheckUsers(const std::string& id, bool soft) const;

  // What is done while nobody can change the names; all but the layers.
  absl::Status DeleteImages();
  absl::Status Delete(const std::string& id);
  absl::Status DeleteFiles(const std::string& id);
  // Removes the image's nameless ancestors, each as long as nothing needs it.
  absl::Status Prune(const Repositories& repositories, std::string parent);

  const Paths paths_;
  const ImageStore images_;
  const RemoveOptions& options_;
  Names* done_;

  std::vector<ImageUser> users_;
  std::string id_;
  Names untag_;
  bool delete_ = false;
  // The ChainIDs on top of the images that were deleted.
  Names tops_;
};

absl::Status Remover::CheckUsers(const std::string& id, bool soft) const {
  for (const ImageUser& user : users_) {
    if (user.image_id != id || (!user.running && !soft)) continue;
    return Conflict(id,
                    absl::StrCat(user.running ? "the running" : "the stopped",
                                 " container ", user.container.substr(0, 12),
                                 " was made of it"),
                    !user.running);
  }
  return absl::OkStatus();
}

absl::Status Remover::CheckChildren(const std::string& id) const {
  CLEAT_ASSIGN_OR_RETURN(const Names ids, images_.List());
  for (const std::string& other : ids) {
    if (images_.Parent(other) != id) continue;
    return Conflict(
        id, absl::StrCat("image ", other.substr(0, 19), " was built on it"),
        false);
  }
  return absl::OkStatus();
}

absl::Status Remover::CheckConflicts(const std::string& id, bool soft) const {
  CLEAT_RETURN_IF_ERROR(CheckChildren(id));
  return CheckUsers(id, soft);
}

absl::Status Remover::DecideByName(const std::string& name,
                                   const Names& names) {
  if (!options_.force && IsSingleReference(names)) {
    CLEAT_RETURN_IF_ERROR(CheckUsers(id_, true));
  }
  untag_.push_back(name);
  const std::string repository = RepositoryOf(name);
  Names left;
  bool has_tag = IsDigestName(name);
  for (const std::string& other : names) {
    if (other == name) continue;
    left.push_back(other);
    has_tag |= !IsDigestName(other) && RepositoryOf(other) == repository;
  }
  // Without a tag the repository's digests are not worth keeping.
  if (!has_tag) {
    const auto end = std::remove_if(left.begin(), left.end(), [&](auto& other) {
      return RepositoryOf(other) == repository;
    });
    untag_.insert(untag_.end(), end, left.end());
    left.erase(end, left.end());
  }
  if (!left.empty()) return absl::OkStatus();
  delete_ = true;
  // Docker takes the name and keeps what others need.
  if (!CheckConflicts(id_, !options_.force).ok()) delete_ = false;
  return absl::OkStatus();
}

absl::Status Remover::DecideById(const Names& names) {
  if (!IsSingleReference(names) && !options_.force) {
    return Conflict(id_, "it has names in several repositories", true);
  }
  CLEAT_RETURN_IF_ERROR(CheckConflicts(id_, !options_.force));
  untag_ = names;
  delete_ = true;
  return absl::OkStatus();
}

absl::Status Remover::Decide(absl::string_view text,
                             Repositories& repositories) {
  CLEAT_ASSIGN_OR_RETURN(id_, images_.Resolve(text));
  CLEAT_ASSIGN_OR_RETURN(users_, ReadDockerContainers(paths_.root()));
  users_.insert(users_.end(), options_.users.begin(), options_.users.end());
  const Names names = repositories.NamesOf(id_);
  const absl::StatusOr<image::Reference> reference =
      image::ParseReference(text);
  const std::string name =
      reference.ok() ? image::FamiliarReference(*reference) : "";
  const bool is_name =
      std::find(names.begin(), names.end(), name) != names.end();
  CLEAT_RETURN_IF_ERROR(is_name || !IsDigestOf(id_, text)
                            ? DecideByName(name, names)
                            : DecideById(names));
  for (const std::string& gone : untag_) repositories.Remove(gone);
  return absl::OkStatus();
}

absl::Status Remover::DeleteFiles(const std::string& id) {
  const std::string config = paths_.ImageConfig(id);
  if (unlink(config.c_str()) != 0 && errno != ENOENT) {
    return sys::ErrnoError("remove ", config);
  }
  return sys::RemoveTree(paths_.ImageMetadata(id));
}

absl::Status Remover::Delete(const std::string& id) {
  CLEAT_ASSIGN_OR_RETURN(std::string text, images_.Get(id));
  CLEAT_ASSIGN_OR_RETURN(
      const image::Config config,
      image::ParseConfig(std::move(text), paths_.ImageConfig(id)));
  CLEAT_RETURN_IF_ERROR(DeleteFiles(id));
  done_->push_back(absl::StrCat("Deleted: ", id));
  if (!config.diff_ids.empty()) {
    tops_.push_back(ChainIds(config.diff_ids).back());
  }
  return absl::OkStatus();
}

absl::Status Remover::Prune(const Repositories& repositories,
                            std::string parent) {
  while (!parent.empty() && repositories.NamesOf(parent).empty() &&
         CheckConflicts(parent, true).ok() &&
         sys::Exists(paths_.ImageConfig(parent))) {
    std::string next = images_.Parent(parent);
    CLEAT_RETURN_IF_ERROR(Delete(parent));
    parent = std::move(next);
  }
  return absl::OkStatus();
}

absl::Status Remover::DeleteImages() {
  for (const std::string& name : untag_) {
    done_->push_back(absl::StrCat("Untagged: ", name));
  }
  if (!delete_) return absl::OkStatus();
  std::string parent = images_.Parent(id_);
  CLEAT_RETURN_IF_ERROR(Delete(id_));
  if (options_.no_prune) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const Repositories repositories,
                         Repositories::Load(paths_));
  return Prune(repositories, std::move(parent));
}

absl::Status Remover::Run(absl::string_view text) {
  // Before the store is made for what is not there.
  CLEAT_RETURN_IF_ERROR(images_.Resolve(text).status());
  CLEAT_RETURN_IF_ERROR(Repositories::Update(
      paths_,
      [&](Repositories& repositories) { return Decide(text, repositories); },
      [&] { return DeleteImages(); }));
  // Large trees go when others can go on.
  CLEAT_ASSIGN_OR_RETURN(const Names layers,
                         RemoveUnusedLayers(paths_, tops_, options_.keep));
  for (const std::string& layer : layers) {
    done_->push_back(absl::StrCat("Deleted: ", layer));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RemoveImage(const std::string& root, absl::string_view name,
                         const RemoveOptions& options, Names* done) {
  return Remover(root, options, done).Run(name);
}

}  // namespace cleat::store
