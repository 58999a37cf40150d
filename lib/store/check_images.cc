#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/digest/digest.h"
#include "lib/image/config.h"
#include "lib/store/check_report.h"
#include "lib/store/image_store.h"
#include "lib/store/repositories.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

std::string Below(const Paths& paths, const std::string& path) {
  return path.substr(paths.root().size() + 1);
}

// The image's layers go into context.use.
void CheckImage(CheckContext& context, const ImageStore& images,
                const Repositories& repositories, const std::string& id) {
  const std::string path = context.paths.ImageConfig(id);
  Finding finding{Below(context.paths, path), "", repositories.NamesOf(id)};
  absl::StatusOr<std::string> text = images.Get(id);
  absl::StatusOr<image::Config> config =
      text.ok() ? image::ParseConfig(*text, "config") : text.status();
  if (!config.ok()) {
    finding.problem = std::string(config.status().message());
    return context.Add(std::move(finding));
  }
  for (auto& origin : OriginsOf(config->diff_ids)) {
    context.origins.insert(std::move(origin));
  }
  for (const std::string& chain_id : ChainIds(config->diff_ids)) {
    context.use.images[chain_id].insert(id);
    if (sys::Exists(context.paths.Layer(chain_id))) continue;
    finding.problem = absl::StrCat("its layer ", chain_id,
                                   " is not in the store: load it again");
    return context.Add(std::move(finding));
  }
}

void CheckParent(CheckContext& context, const ImageStore& images,
                 const std::string& id) {
  const std::string parent = images.Parent(id);
  const std::string path =
      absl::StrCat(context.paths.ImageMetadata(id), "/parent");
  if (parent.empty() || sys::Exists(context.paths.ImageConfig(parent))) return;
  context.Add({Below(context.paths, path),
               absl::StrCat("the image ", parent,
                            " that it was built on is not in the store"),
               {id},
               [path]() -> absl::Status {
                 unlink(path.c_str());
                 return absl::OkStatus();
               }});
}

void CheckNames(CheckContext& context, const Repositories& repositories) {
  for (const auto& repository : repositories.all()) {
    for (const auto& entry : repository.second) {
      if (sys::Exists(context.paths.ImageConfig(entry.second))) continue;
      const Paths paths = context.paths;
      const std::string name = entry.first;
      context.Add({Below(paths, paths.Repositories()),
                   absl::StrCat("'", name, "' names image ", entry.second,
                                ", which is not in the store"),
                   {},
                   [paths, name] {
                     return Repositories::Update(paths,
                                                 [&](Repositories& names) {
                                                   names.Remove(name);
                                                   return absl::OkStatus();
                                                 });
                   }});
    }
  }
}

// diffid-by-digest/sha256/DIGEST holds a DiffID.
void CheckDistribution(CheckContext& context) {
  const std::string directory = absl::StrCat(
      context.paths.Images(), "/distribution/diffid-by-digest/sha256");
  const auto names = sys::ListDirectory(directory);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    const std::string path = absl::StrCat(directory, "/", name);
    const auto diff_id = sys::ReadFile(path, 256);
    if (diff_id.ok() && digest::IsSha256(*diff_id)) continue;
    context.Add({Below(context.paths, path),
                 "holds no DiffID",
                 {},
                 [path]() -> absl::Status {
                   unlink(path.c_str());
                   return absl::OkStatus();
                 }});
  }
}

}  // namespace

void CheckImages(CheckContext& context) {
  absl::StatusOr<Repositories> repositories = Repositories::Load(context.paths);
  if (!repositories.ok()) {
    context.Add({Below(context.paths, context.paths.Repositories()),
                 std::string(repositories.status().message())});
    repositories = Repositories();
  }
  CheckNames(context, *repositories);
  const ImageStore images(context.paths.root());
  const auto ids = images.List();
  if (!ids.ok()) {
    return context.Add({Below(context.paths, context.paths.ImageDatabase()),
                        std::string(ids.status().message())});
  }
  for (const std::string& id : *ids) {
    CheckImage(context, images, *repositories, id);
    CheckParent(context, images, id);
  }
  context.notes.push_back(absl::StrCat(ids->size(), " images"));
  CheckDistribution(context);
}

}  // namespace cleat::store
