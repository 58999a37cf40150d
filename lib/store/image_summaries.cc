#include "lib/store/image_summaries.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/digest/chain_id.h"
#include "lib/image/config.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_record.h"
#include "lib/store/paths.h"
#include "lib/store/repositories.h"

namespace cleat::store {
namespace {

// Each part but the first may be "".
struct Name {
  std::string repository;
  std::string tag;
  std::string digest;
};
using Names = absl::flat_hash_map<std::string, std::vector<Name>>;

// What a repository calls one image.
struct InRepository {
  std::vector<std::string> tags;
  std::vector<std::string> digests;
};

// A digest counts only where the repository has no tag for the image, or where
// digests are asked for.
void AddNames(const std::string& repository, InRepository image, bool digests,
              std::vector<Name>& names) {
  if (image.tags.empty()) image.tags.emplace_back();
  if (!digests || image.digests.empty()) image.digests = {""};
  for (const std::string& tag : image.tags) {
    for (const std::string& digest : image.digests) {
      names.push_back({repository, tag, digest});
    }
  }
}

// By ImageID.
Names NamesOf(const Repositories& repositories,
              const ImageSelection& selection) {
  Names names;
  for (const auto& repository : repositories.all()) {
    std::map<std::string, InRepository> images;
    for (const auto& entry : repository.second) {
      if (!selection.filter.FitsName(repository.first, entry.first)) continue;
      const std::string rest = entry.first.substr(repository.first.size());
      InRepository& image = images[entry.second];
      (rest[0] == ':' ? image.tags : image.digests).push_back(rest.substr(1));
    }
    for (auto& image : images) {
      AddNames(repository.first, std::move(image.second), selection.digests,
               names[image.first]);
    }
  }
  return names;
}

absl::flat_hash_set<std::string> ParentsOf(
    const ImageStore& images, const std::vector<std::string>& ids) {
  absl::flat_hash_set<std::string> parents;
  for (const std::string& id : ids) parents.insert(images.Parent(id));
  return parents;
}

// Sums layers up, each read once.
class Sizes {
 public:
  explicit Sizes(const Paths& paths) : paths_(paths) {}

  // A layer that is not in the store, yet, counts nothing.
  int64_t Of(const std::vector<std::string>& diff_ids) {
    int64_t size = 0;
    std::string chain_id;
    for (const std::string& diff_id : diff_ids) {
      chain_id = digest::ChainId(chain_id, diff_id);
      const auto known = known_.try_emplace(chain_id, 0);
      if (known.second) {
        known.first->second = ReadLayerSize(paths_, chain_id).value_or(0);
      }
      size += known.first->second;
    }
    return size;
  }

 private:
  const Paths& paths_;
  absl::flat_hash_map<std::string, int64_t> known_;
};

absl::StatusOr<image::Config> ReadConfig(const ImageStore& images,
                                         const std::string& id) {
  CLEAT_ASSIGN_OR_RETURN(std::string text, images.Get(id));
  return image::ParseConfig(std::move(text), absl::StrCat("config ", id));
}

proto::ImageSummary Summarize(const std::string& id,
                              const image::Config& config, Sizes& sizes) {
  proto::ImageSummary summary;
  summary.set_id(id);
  if (!config.created.empty()) summary.set_created(config.created);
  summary.set_size(sizes.Of(config.diff_ids));
  return summary;
}

void AddNamed(const proto::ImageSummary& summary,
              const std::vector<Name>& names,
              std::vector<proto::ImageSummary>& summaries) {
  if (names.empty()) summaries.push_back(summary);
  for (const Name& name : names) {
    proto::ImageSummary named = summary;
    named.set_repository(name.repository);
    if (!name.tag.empty()) named.set_tag(name.tag);
    if (!name.digest.empty()) named.set_digest(name.digest);
    summaries.push_back(std::move(named));
  }
}

// RFC 3339 in UTC sorts as text.
bool IsBefore(const proto::ImageSummary& a, const proto::ImageSummary& b) {
  if (a.created() != b.created()) return a.created() > b.created();
  if (a.repository() != b.repository()) return a.repository() < b.repository();
  return std::make_pair(a.tag(), a.id()) < std::make_pair(b.tag(), b.id());
}

// What the names alone decide.
class Listed {
 public:
  Listed(const Repositories& repositories, const ImageSelection& selection,
         const absl::flat_hash_set<std::string>& parents)
      : selection_(selection), parents_(parents) {
    for (const auto& repository : repositories.all()) {
      for (const auto& entry : repository.second) named_.insert(entry.second);
    }
  }

  bool Has(const std::string& id, const Names& names) const {
    const bool dangling = !named_.contains(id);
    if (!selection_.filter.FitsDangling(dangling)) return false;
    if (dangling && !selection_.all && parents_.contains(id)) return false;
    return !selection_.filter.has_references() || names.contains(id);
  }

 private:
  const ImageSelection& selection_;
  const absl::flat_hash_set<std::string>& parents_;
  absl::flat_hash_set<std::string> named_;
};

}  // namespace

absl::StatusOr<std::vector<proto::ImageSummary>> SummarizeImages(
    const std::string& root, const ImageSelection& selection) {
  const Paths paths(root);
  const ImageStore images(root);
  CLEAT_ASSIGN_OR_RETURN(const Repositories repositories,
                         Repositories::Load(paths));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> ids, images.List());
  Names names = NamesOf(repositories, selection);
  const absl::flat_hash_set<std::string> parents = ParentsOf(images, ids);
  const Listed listed(repositories, selection, parents);
  Sizes sizes(paths);
  std::vector<proto::ImageSummary> summaries;
  for (const std::string& id : ids) {
    if (!listed.Has(id, names)) continue;
    CLEAT_ASSIGN_OR_RETURN(const image::Config config, ReadConfig(images, id));
    if (!selection.filter.FitsConfig(config)) continue;
    AddNamed(Summarize(id, config, sizes), names[id], summaries);
  }
  std::sort(summaries.begin(), summaries.end(), IsBefore);
  return summaries;
}

}  // namespace cleat::store
