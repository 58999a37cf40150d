#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/digest/chain_id.h"
#include "lib/store/check_report.h"
#include "lib/store/layer_archive.h"
#include "lib/store/layer_record.h"
#include "lib/store/overlay_link.h"
#include "lib/store/recover_layer.h"
#include "lib/store/tree_size.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

constexpr char kLoadAgain[] =
    ": remove the images that need it and load them again";

// What is wrong with a fact that cannot be read.
std::string ProblemOf(const absl::Status& status) {
  return absl::IsNotFound(status) ? "is missing" : "says what cannot be";
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
  // Writes the fact as it must be; without text there is none.
  void ReportFact(const char* fact, std::string problem,
                  const std::string& text);
  // False where what depends on it cannot be checked.
  bool CheckOrigin();
  bool FindDirectory(const absl::Status& status);
  bool CheckDirectory();
  void CheckLink();
  void CheckLower();
  // Whether the files are not known to be damaged.
  bool CheckFiles();
  void CheckSize(bool files_may_be_right);
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

void LayerCheck::ReportFact(const char* fact, std::string problem,
                            const std::string& text) {
  const std::string path = absl::StrCat(paths_.Layer(chain_id_), "/", fact);
  ReportRecord(fact, std::move(problem), [path, text]() -> absl::Status {
    if (!text.empty()) return sys::WriteFileAtomic(path, text, 0644);
    unlink(path.c_str());
    return absl::OkStatus();
  });
}

bool LayerCheck::CheckOrigin() {
  const absl::StatusOr<std::string> diff_id =
      ReadLayerDiffId(paths_, chain_id_);
  const absl::StatusOr<std::string> parent = ReadLayerParent(paths_, chain_id_);
  record_.diff_id = diff_id.value_or("");
  record_.parent = parent.value_or("");
  if (!diff_id.ok() || !parent.ok() ||
      digest::ChainId(record_.parent, record_.diff_id) != chain_id_) {
    const absl::optional<Origin> origin =
        RecoverOrigin(paths_, record_, context_.origins, context_.deep);
    if (!origin) {
      ReportRecord("diff",
                   absl::StrCat("is not what with the parent has the ChainID: "
                                "neither an image nor the archive tells what "
                                "was",
                                kLoadAgain));
      return false;
    }
    if (record_.diff_id != origin->diff_id) {
      ReportFact("diff",
                 diff_id.ok() ? absl::StrCat("is not ", origin->diff_id)
                              : ProblemOf(diff_id.status()),
                 origin->diff_id);
    }
    if (record_.parent != origin->parent || !parent.ok()) {
      ReportFact("parent",
                 origin->parent.empty()
                     ? "is there for a layer at the bottom"
                     : absl::StrCat("is not ", origin->parent),
                 origin->parent);
    }
    record_.diff_id = origin->diff_id;
    record_.parent = origin->parent;
  }
  if (!record_.parent.empty() && !sys::Exists(paths_.Layer(record_.parent))) {
    ReportRecord("parent",
                 absl::StrCat("layer ", record_.parent,
                              " is not in the store: load an image that has "
                              "it again"));
  }
  return true;
}

bool LayerCheck::FindDirectory(const absl::Status& status) {
  if (context_.deep) {
    record_.cache_id = RecoverCacheId(paths_, record_, context_.recovered);
  }
  if (record_.cache_id.empty()) {
    ReportRecord(
        "cache-id",
        absl::StrCat(ProblemOf(status),
                     context_.deep ? ", and no directory without an owner has "
                                     "the layer's files"
                                   : ", and the files are not read (--fast)",
                     kLoadAgain));
    return false;
  }
  context_.recovered.insert(record_.cache_id);
  ReportFact("cache-id",
             absl::StrCat(ProblemOf(status), ", the layer's files are in ",
                          CacheBelow()),
             record_.cache_id);
  return true;
}

bool LayerCheck::CheckDirectory() {
  struct stat info;
  if (stat(paths_.Diff(record_.cache_id).c_str(), &info) == 0 &&
      S_ISDIR(info.st_mode)) {
    return true;
  }
  Report(CacheBelow(), absl::StrCat("the layer's files are gone", kLoadAgain));
  return false;
}

void LayerCheck::CheckLink() {
  const std::string cache = paths_.Cache(record_.cache_id);
  const std::string link = ReadLink(cache);
  const Paths paths = paths_;
  const std::string cache_id = record_.cache_id;
  if (link.empty()) {
    const std::string known = RecoverLink(paths_, cache_id);
    // With a new one layers upon this one must name it, which comes next.
    Report(CacheBelow() + "/link", "is no short name",
           [paths, cache, cache_id, known]() -> absl::Status {
             const std::string made = known.empty() ? NewLink() : known;
             CLEAT_RETURN_IF_ERROR(
                 sys::WriteFileAtomic(cache + "/link", made, 0644));
             return known.empty() ? MakeLink(paths, made, cache_id)
                                  : absl::OkStatus();
           });
    return;
  }
  const std::string path = paths_.Link(link);
  if (LinkTarget(paths_, link) ==
      absl::StrCat("../", record_.cache_id, "/diff")) {
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
  std::string expected;
  if (!parent.empty()) {
    const absl::StatusOr<std::string> above = LowerAbove(paths_, parent);
    // The parent must be repaired first.
    if (!above.ok()) return;
    expected = *above;
  }
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

bool LayerCheck::CheckFiles() {
  const absl::Status status = WriteLayerArchive(
      paths_, record_, [](absl::string_view) { return absl::OkStatus(); });
  if (status.ok()) return true;
  if (absl::IsFailedPrecondition(status)) {
    context_.notes.push_back(absl::StrCat(
        "layer ", chain_id_,
        ": its files cannot be compared with its DiffID: ", status.message()));
    return true;
  }
  Report(CacheBelow() + "/diff", absl::StrCat(status.message(), kLoadAgain));
  return false;
}

void LayerCheck::CheckSize(bool files_may_be_right) {
  const absl::StatusOr<int64_t> said = ReadLayerSize(paths_, chain_id_);
  // A vfs layer's directory holds those below, too.
  if (!context_.deep || !files_may_be_right || paths_.is_vfs()) {
    if (said.ok()) return;
    return ReportRecord("size",
                        absl::StrCat(ProblemOf(said.status()),
                                     ": it is computed of files that are read, "
                                     "right, and not of the vfs driver"));
  }
  const absl::StatusOr<int64_t> size = TreeSize(paths_.Diff(record_.cache_id));
  if (!size.ok()) {
    context_.notes.push_back(
        absl::StrCat("layer ", chain_id_, ": ", size.status().message()));
    return;
  }
  if (said.ok() && *said == *size) return;
  ReportFact("size",
             said.ok()
                 ? absl::StrCat("says ", *said, ", the files have ", *size)
                 : ProblemOf(said.status()),
             absl::StrCat(*size));
}

void LayerCheck::Run() {
  const absl::StatusOr<std::string> cache_id = ReadCacheId(paths_, chain_id_);
  record_.chain_id = chain_id_;
  record_.cache_id = cache_id.value_or("");
  if (!CheckOrigin()) return;
  if (!cache_id.ok() && !FindDirectory(cache_id.status())) return;
  if (!CheckDirectory()) return;
  if (!paths_.is_vfs()) {
    CheckLink();
    CheckLower();
  }
  CheckSize(!context_.deep || CheckFiles());
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
