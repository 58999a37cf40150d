#include "lib/store/collect_garbage.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/store/guard.h"
#include "lib/store/layer_use.h"
#include "lib/store/leftovers.h"
#include "lib/store/own_form.h"
#include "lib/store/paths.h"
#include "lib/store/remove_layers.h"
#include "lib/store/roots.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

// When the layer was made or last used (LayerStore::NoteUse).
absl::Time LastUse(const Paths& paths, const std::string& chain_id) {
  struct stat info;
  const std::string path = absl::StrCat(paths.Layer(chain_id), "/cache-id");
  return stat(path.c_str(), &info) == 0 ? absl::TimeFromTimespec(info.st_mtim)
                                        : absl::InfiniteFuture();
}

absl::Status RemoveLeftovers(const Paths& paths, const GarbageOptions& options,
                             std::vector<std::string>* done) {
  CLEAT_ASSIGN_OR_RETURN(
      const std::vector<Leftover> leftovers,
      FindLeftovers(paths, options.before, options.containers));
  absl::Status status;
  for (const Leftover& leftover : leftovers) {
    const absl::Status removed =
        options.dry_run ? absl::OkStatus() : RemoveLeftover(paths, leftover);
    status.Update(removed);
    if (removed.ok()) {
      done->push_back(absl::StrCat("leftover ", leftover.path));
    }
  }
  return status;
}

absl::Status RemoveLayers(const Paths& paths, const GarbageOptions& options,
                          std::vector<std::string>* done) {
  CLEAT_ASSIGN_OR_RETURN(const LayerUse use, ReadLayerUse(paths));
  std::set<std::string> keep = options.keep;
  std::vector<std::string> tops;
  for (const auto& layer : use.parents) {
    tops.push_back(layer.first);
    if (LastUse(paths, layer.first) > options.before) keep.insert(layer.first);
  }
  std::vector<std::string> layers = UnusedLayers(use, tops, keep);
  if (!options.dry_run) {
    CLEAT_ASSIGN_OR_RETURN(layers, RemoveUnusedLayers(paths, layers, keep));
  }
  for (const std::string& layer : layers) {
    done->push_back(absl::StrCat("layer ", layer));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CollectGarbage(const std::string& root,
                            const GarbageOptions& options,
                            std::vector<std::string>* done) {
  const Paths paths(root);
  CLEAT_RETURN_IF_ERROR(CheckLayout(root));
  if (!sys::Exists(paths.Images())) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const StoreForm form, OwnForm(root));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd guard, GuardWriting(root));
  absl::Status status = RemoveLeftovers(paths, options, done);
  status.Update(RemoveLayers(paths, options, done));
  if (!options.dry_run) ForgetGoneRoots(root);
  return status;
}

}  // namespace cleat::store
