#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/digest/chain_id.h"
#include "lib/store/check_report.h"
#include "lib/store/layer_archive.h"
#include "lib/store/layer_record.h"
#include "lib/store/overlay_link.h"
#include "lib/store/tree_size.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

std::string LinkTarget(const std::string& path) {
  std::array<char, 256> target;
  const ssize_t size = readlink(path.c_str(), target.data(), target.size());
  return size < 0 ? "" : std::string(target.data(), static_cast<size_t>(size));
}

// Checks one layer; each part that depends on another is left out when that
// has failed.
class LayerCheck {
 public:
  LayerCheck(CheckContext& context, std::string chain_id)
      : context_(context),
        paths_(context.paths),
        chain_id_(std::move(chain_id)) {}

  void Run();

 private:
  // At a path below the store's top, as all paths here.
  void Report(const std::string& path, std::string problem,
              std::function<absl::Status()> repair = nullptr);
  void ReportRecord(const std::string& fact, std::string problem,
                    std::function<absl::Status()> repair = nullptr);
  void CheckIds();
  bool CheckDirectory();
  void CheckLink();
  void CheckLower();
  void CheckFiles();
  void CheckSize();
  std::string CacheBelow() const {
    return paths_.Cache(record_.cache_id).substr(paths_.root().size() + 1);
  }

  CheckContext& context_;
  const Paths& paths_;
  const std::string chain_id_;
  LayerRecord record_;
};

void LayerCheck::Report(const std::string& path, std::string problem,
                        std::function<absl::Status()> repair) {
  Finding finding{path, std::move(problem), {}, std::move(repair)};
  for (const auto* users : {&context_.use.images, &context_.use.mounts}) {
    const auto found = users->find(chain_id_);
    if (found == users->end()) continue;
    finding.needed_by.insert(finding.needed_by.end(), found->second.begin(),
                             found->second.end());
  }
  context_.Add(std::move(finding));
}

void LayerCheck::ReportRecord(const std::string& fact, std::string problem,
                              std::function<absl::Status()> repair) {
  Report(absl::StrCat(paths_.Layer(chain_id_).substr(paths_.root().size() + 1),
                      "/", fact),
         std::move(problem), std::move(repair));
}

void LayerCheck::CheckIds() {
  const std::string computed = digest::ChainId(record_.parent, record_.diff_id);
  if (computed != chain_id_) {
    ReportRecord("diff",
                 absl::StrCat("with its parent has the ChainID ", computed));
  }
  if (!record_.parent.empty() && !sys::Exists(paths_.Layer(record_.parent))) {
    ReportRecord("parent", absl::StrCat("layer ", record_.parent,
                                        " is not in the store"));
  }
}

bool LayerCheck::CheckDirectory() {
  struct stat info;
  if (stat(paths_.Diff(record_.cache_id).c_str(), &info) == 0 &&
      S_ISDIR(info.st_mode)) {
    return true;
  }
  Report(CacheBelow(),
         "the layer's files are gone: remove the images that "
         "need it and load them again");
  return false;
}

void LayerCheck::CheckLink() {
  const std::string cache = paths_.Cache(record_.cache_id);
  const std::string link = ReadLink(cache);
  const Paths paths = paths_;
  const std::string cache_id = record_.cache_id;
  if (link.empty()) {
    // Layers upon this one name it by the lost one: CheckLower sees to them,
    // which come later or find it repaired the next time.
    Report(CacheBelow() + "/link", "is no short name",
           [paths, cache, cache_id]() -> absl::Status {
             const std::string made = NewLink();
             CLEAT_RETURN_IF_ERROR(
                 sys::WriteFileAtomic(cache + "/link", made, 0644));
             return MakeLink(paths, made, cache_id);
           });
    return;
  }
  const std::string path = paths_.Link(link);
  if (LinkTarget(path) == absl::StrCat("../", record_.cache_id, "/diff")) {
    return;
  }
  Report(path.substr(paths_.root().size() + 1),
         absl::StrCat("does not lead to ", CacheBelow(), "/diff"),
         [paths, path, link, cache_id]() -> absl::Status {
           unlink(path.c_str());
           return MakeLink(paths, link, cache_id);
         });
}

void LayerCheck::CheckLower() {
  const std::string path = paths_.Cache(record_.cache_id) + "/lower";
  const Paths paths = paths_;
  const std::string parent = record_.parent;
  const std::string lower = sys::ReadFile(path).value_or("");
  const std::string expected =
      parent.empty() ? "" : LowerAbove(paths_, parent).value_or("");
  if (lower == expected) return;
  Report(CacheBelow() + "/lower", "does not name the layers below",
         [paths, path, parent]() -> absl::Status {
           if (parent.empty()) {
             unlink(path.c_str());
             return absl::OkStatus();
           }
           CLEAT_ASSIGN_OR_RETURN(const std::string above,
                                  LowerAbove(paths, parent));
           return sys::WriteFileAtomic(path, above, 0644);
         });
}

void LayerCheck::CheckFiles() {
  const absl::Status status = WriteLayerArchive(
      paths_, record_, [](absl::string_view) { return absl::OkStatus(); });
  if (absl::IsFailedPrecondition(status)) {
    context_.notes.push_back(absl::StrCat(
        "layer ", chain_id_,
        ": its files cannot be compared with its DiffID: ", status.message()));
  } else if (!status.ok()) {
    Report(CacheBelow() + "/diff", std::string(status.message()));
  }
}

void LayerCheck::CheckSize() {
  const absl::StatusOr<int64_t> size = TreeSize(paths_.Diff(record_.cache_id));
  if (!size.ok()) {
    context_.notes.push_back(
        absl::StrCat("layer ", chain_id_, ": ", size.status().message()));
    return;
  }
  if (*size == record_.size) return;
  const std::string path = paths_.Layer(chain_id_) + "/size";
  ReportRecord("size",
               absl::StrCat("says ", record_.size, ", the files have ", *size),
               [path, size = *size] {
                 return sys::WriteFileAtomic(path, absl::StrCat(size), 0644);
               });
}

void LayerCheck::Run() {
  absl::StatusOr<LayerRecord> record = ReadLayerRecord(paths_, chain_id_);
  if (!record.ok()) {
    return ReportRecord("", std::string(record.status().message()));
  }
  record_ = *std::move(record);
  CheckIds();
  if (!CheckDirectory()) return;
  if (!paths_.is_vfs()) {
    CheckLink();
    CheckLower();
  }
  if (!context_.deep) return;
  CheckFiles();
  // A vfs layer's directory holds those below, too.
  if (!paths_.is_vfs()) CheckSize();
}

}  // namespace

void CheckLayers(CheckContext& context) {
  const auto layers = ListLayers(context.paths);
  if (!layers.ok()) {
    return context.Add({"image", std::string(layers.status().message())});
  }
  for (const std::string& chain_id : *layers) {
    LayerCheck(context, chain_id).Run();
  }
  context.notes.push_back(absl::StrCat(layers->size(), " layers"));
}

void CheckMounts(CheckContext& context) {
  const auto ids = sys::ListDirectory(context.paths.Mounts());
  if (!ids.ok()) return;
  for (const std::string& id : *ids) {
    const std::string path = absl::StrCat(context.paths.Mounts(), "/", id);
    const std::string below = path.substr(context.paths.root().size() + 1);
    const std::string parent = sys::ReadFile(path + "/parent").value_or("");
    if (!parent.empty() && !sys::Exists(context.paths.Layer(parent))) {
      context.Add({below + "/parent",
                   absl::StrCat("layer ", parent, " is not in the store"),
                   {id}});
    }
    for (const char* fact : {"/mount-id", "/init-id"}) {
      const std::string cache = sys::ReadFile(path + fact).value_or("");
      if (!cache.empty() && !sys::Exists(context.paths.Cache(cache))) {
        context.Add({below + fact, absl::StrCat("there is no ", cache), {id}});
      }
    }
  }
  context.notes.push_back(absl::StrCat(ids->size(), " containers' mounts"));
}

}  // namespace cleat::store
