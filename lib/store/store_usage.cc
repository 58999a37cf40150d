#include "lib/store/store_usage.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/image/config.h"
#include "lib/store/guard.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_record.h"
#include "lib/store/layer_use.h"
#include "lib/store/leftovers.h"
#include "lib/store/own_form.h"
#include "lib/store/repositories.h"
#include "lib/store/tree_size.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

proto::StoreUsage TypeOf(const std::string& name, size_t total, size_t active,
                         int64_t size, int64_t reclaimable) {
  proto::StoreUsage usage;
  usage.set_type(name);
  usage.set_total(static_cast<int64_t>(total));
  usage.set_active(static_cast<int64_t>(active));
  usage.set_size(size);
  usage.set_reclaimable(reclaimable);
  return usage;
}

void SortBySize(std::vector<proto::StoreItemUsage>& items) {
  std::sort(items.begin(), items.end(), [](auto& a, auto& b) {
    return a.size() != b.size() ? a.size() > b.size() : a.id() < b.id();
  });
}

class Reader {
 public:
  Reader(const std::string& root, const std::vector<ImageUser>& users)
      : paths_(root), images_(root), users_(users) {}

  absl::StatusOr<Usage> Run();

 private:
  absl::Status ReadLayers();
  absl::Status AddImages();
  absl::Status AddImage(const std::string& id, const Repositories& names);
  void AddLayers();
  absl::Status AddContainers();
  absl::Status AddLeftovers();
  int Users(const std::string& image_id) const;
  int64_t WrittenIn(const std::string& cache_id) const;
  int64_t SizeOf(const std::string& directory) const;

  const Paths paths_;
  const ImageStore images_;
  std::vector<ImageUser> users_;
  LayerUse use_;
  std::map<std::string, int64_t> sizes_;
  Usage usage_;
};

int Reader::Users(const std::string& image_id) const {
  return static_cast<int>(
      std::count_if(users_.begin(), users_.end(),
                    [&](auto& user) { return user.image_id == image_id; }));
}

absl::Status Reader::ReadLayers() {
  CLEAT_ASSIGN_OR_RETURN(std::vector<ImageUser> users,
                         ReadDockerContainers(paths_.root()));
  users_.insert(users_.end(), users.begin(), users.end());
  CLEAT_ASSIGN_OR_RETURN(use_, ReadLayerUse(paths_));
  for (const auto& layer : use_.parents) {
    CLEAT_ASSIGN_OR_RETURN(sizes_[layer.first],
                           ReadLayerSize(paths_, layer.first));
  }
  return absl::OkStatus();
}

absl::Status Reader::AddImage(const std::string& id,
                              const Repositories& names) {
  CLEAT_ASSIGN_OR_RETURN(std::string text, images_.Get(id));
  CLEAT_ASSIGN_OR_RETURN(
      const image::Config config,
      image::ParseConfig(std::move(text), paths_.ImageConfig(id)));
  proto::StoreItemUsage item;
  item.set_id(id);
  for (std::string& name : names.NamesOf(id)) {
    *item.add_names() = std::move(name);
  }
  int64_t shared = 0;
  int64_t unique = 0;
  for (const std::string& chain_id : ChainIds(config.diff_ids)) {
    (use_.images[chain_id].size() > 1 ? shared : unique) += sizes_[chain_id];
  }
  item.set_size(shared + unique);
  item.set_shared(shared);
  item.set_unique(unique);
  item.set_users(Users(id));
  usage_.images.push_back(std::move(item));
  return absl::OkStatus();
}

absl::Status Reader::AddImages() {
  CLEAT_ASSIGN_OR_RETURN(const Repositories names, Repositories::Load(paths_));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> ids, images_.List());
  size_t active = 0;
  for (const std::string& id : ids) {
    CLEAT_RETURN_IF_ERROR(AddImage(id, names));
    if (Users(id) > 0) ++active;
  }
  int64_t size = 0;
  int64_t reclaimable = 0;
  for (const auto& layer : use_.images) {
    size += sizes_[layer.first];
    const bool used =
        use_.mounts.count(layer.first) > 0 ||
        std::any_of(layer.second.begin(), layer.second.end(),
                    [&](const std::string& id) { return Users(id) > 0; });
    if (!used) reclaimable += sizes_[layer.first];
  }
  usage_.types.push_back(
      TypeOf("images", ids.size(), active, size, reclaimable));
  SortBySize(usage_.images);
  return absl::OkStatus();
}

void Reader::AddLayers() {
  size_t unused = 0;
  int64_t size = 0;
  for (const auto& layer : use_.parents) {
    proto::StoreItemUsage item;
    item.set_id(layer.first);
    item.set_size(sizes_[layer.first]);
    item.set_users(static_cast<int64_t>(use_.images[layer.first].size()));
    usage_.layers.push_back(std::move(item));
    if (!use_.images[layer.first].empty()) continue;
    ++unused;
    size += sizes_[layer.first];
  }
  usage_.types.push_back(TypeOf("layers", unused, 0, size, size));
  SortBySize(usage_.layers);
}

// What cannot be read, for whatever reason, counts nothing.
int64_t Reader::SizeOf(const std::string& directory) const {
  absl::StatusOr<int64_t> size = TreeSize(directory);
  if (absl::IsPermissionDenied(size.status()) &&
      EnterToRead(paths_.root()).ok()) {
    size = TreeSize(directory);
  }
  return size.value_or(0);
}

int64_t Reader::WrittenIn(const std::string& cache_id) const {
  if (!IsCacheId(cache_id) || paths_.is_vfs()) return 0;
  return SizeOf(paths_.Diff(cache_id));
}

// Of the containers' own files, which lie beside the layers.
absl::Status Reader::AddContainers() {
  int64_t size = 0;
  const auto mounts = sys::ListDirectory(paths_.Mounts());
  for (const std::string& id :
       mounts.ok() ? *mounts : std::vector<std::string>()) {
    const auto cache_id =
        sys::ReadFile(absl::StrCat(paths_.Mounts(), "/", id, "/mount-id"), 256);
    if (cache_id.ok()) size += WrittenIn(*cache_id);
  }
  // Cleat's are named as they are.
  for (const ImageUser& user : users_) size += WrittenIn(user.container);
  const auto running =
      std::count_if(users_.begin(), users_.end(),
                    [](const ImageUser& user) { return user.running; });
  usage_.types.push_back(TypeOf("containers", users_.size(),
                                static_cast<size_t>(running), size,
                                running > 0 ? 0 : size));
  return absl::OkStatus();
}

absl::Status Reader::AddLeftovers() {
  const auto ids = [this] {
    std::set<std::string> ids;
    for (const ImageUser& user : users_) ids.insert(user.container);
    return ids;
  };
  CLEAT_ASSIGN_OR_RETURN(const std::vector<Leftover> leftovers,
                         FindLeftovers(paths_, absl::InfiniteFuture(), ids));
  int64_t size = 0;
  for (const Leftover& leftover : leftovers) {
    const std::string path = absl::StrCat(paths_.root(), "/", leftover.path);
    struct stat info;
    if (lstat(path.c_str(), &info) != 0) continue;
    size += S_ISDIR(info.st_mode) ? SizeOf(path) : info.st_size;
  }
  usage_.types.push_back(TypeOf("leftovers", leftovers.size(), 0, size, size));
  return absl::OkStatus();
}

absl::StatusOr<Usage> Reader::Run() {
  CLEAT_RETURN_IF_ERROR(CheckLayout(paths_.root()));
  CLEAT_RETURN_IF_ERROR(ReadLayers());
  CLEAT_RETURN_IF_ERROR(AddImages());
  CLEAT_RETURN_IF_ERROR(AddContainers());
  AddLayers();
  CLEAT_RETURN_IF_ERROR(AddLeftovers());
  return std::move(usage_);
}

}  // namespace

absl::StatusOr<Usage> ReadUsage(const std::string& root,
                                const std::vector<ImageUser>& users) {
  return Reader(root, users).Run();
}

}  // namespace cleat::store
