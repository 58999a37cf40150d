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

// A repository, and a tag or "".
using Name = std::pair<std::string, std::string>;
using Names = absl::flat_hash_map<std::string, std::vector<Name>>;

// By ImageID. A digest counts only where the repository has no tag for it.
Names NamesOf(const Repositories& repositories) {
  Names names;
  for (const auto& repository : repositories.all()) {
    std::map<std::string, std::vector<std::string>> tags;
    for (const auto& entry : repository.second) {
      const std::string rest = entry.first.substr(repository.first.size());
      std::vector<std::string>& list = tags[entry.second];
      if (rest[0] == ':') list.push_back(rest.substr(1));
    }
    for (auto& image : tags) {
      if (image.second.empty()) image.second.emplace_back();
      for (std::string& tag : image.second) {
        names[image.first].emplace_back(repository.first, std::move(tag));
      }
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

absl::StatusOr<proto::ImageSummary> Summarize(const ImageStore& images,
                                              const std::string& id,
                                              Sizes& sizes) {
  CLEAT_ASSIGN_OR_RETURN(std::string text, images.Get(id));
  CLEAT_ASSIGN_OR_RETURN(
      const image::Config config,
      image::ParseConfig(std::move(text), absl::StrCat("config ", id)));
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
    named.set_repository(name.first);
    if (!name.second.empty()) named.set_tag(name.second);
    summaries.push_back(std::move(named));
  }
}

// RFC 3339 in UTC sorts as text.
bool IsBefore(const proto::ImageSummary& a, const proto::ImageSummary& b) {
  if (a.created() != b.created()) return a.created() > b.created();
  if (a.repository() != b.repository()) return a.repository() < b.repository();
  return std::make_pair(a.tag(), a.id()) < std::make_pair(b.tag(), b.id());
}

}  // namespace

absl::StatusOr<std::vector<proto::ImageSummary>> SummarizeImages(
    const std::string& root, bool all) {
  const Paths paths(root);
  const ImageStore images(root);
  CLEAT_ASSIGN_OR_RETURN(const Repositories repositories,
                         Repositories::Load(paths));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> ids, images.List());
  Names names = NamesOf(repositories);
  const absl::flat_hash_set<std::string> parents = ParentsOf(images, ids);
  Sizes sizes(paths);
  std::vector<proto::ImageSummary> summaries;
  for (const std::string& id : ids) {
    if (!all && !names.contains(id) && parents.contains(id)) continue;
    CLEAT_ASSIGN_OR_RETURN(const proto::ImageSummary summary,
                           Summarize(images, id, sizes));
    AddNamed(summary, names[id], summaries);
  }
  std::sort(summaries.begin(), summaries.end(), IsBefore);
  return summaries;
}

}  // namespace cleat::store
