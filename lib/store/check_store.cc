#include "lib/store/check_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/image/config.h"
#include "lib/store/check_report.h"
#include "lib/store/guard.h"
#include "lib/store/leftovers.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

struct KnownDirectory {
  const char* name;
  const char* what;
};

// What lies at the top of a data root (moby: daemon/daemon.go and its
// subsystems).
constexpr KnownDirectory kKnown[] = {
    {"image", "images and layers: checked"},
    {"overlay2", "layers' files: checked"},
    {"vfs", "layers' files: checked"},
    {"cleat-store", "the store's form: checked"},
    {"cleat-roots", "documents that keep layers: left alone"},
    {"containers", "containers' settings and logs: left alone"},
    {"builder", "the builder's cache: left alone"},
    {"buildkit", "BuildKit's cache: left alone"},
    {"containerd", "containerd's data: left alone"},
    {"network", "networks: left alone"},
    {"plugins", "plugins: left alone"},
    {"rootfs", "containerd's containers: left alone"},
    {"runtimes", "scripts for runtimes: left alone"},
    {"swarm", "the swarm: left alone"},
    {"tmp", "temporary files: left alone"},
    {"trust", "keys: left alone"},
    {"volumes", "volumes: left alone"},
    {"engine-id", "the engine's name: left alone"},
    {"nuke-graph-directory.sh", "a script: left alone"},
    {"lost+found", "the file system's: left alone"},
};

void NoteDirectories(CheckContext& context) {
  const auto names = sys::ListDirectory(context.paths.root());
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    const auto* known =
        std::find_if(std::begin(kKnown), std::end(kKnown),
                     [&](const KnownDirectory& k) { return name == k.name; });
    context.notes.push_back(absl::StrCat(
        name, ": ",
        known == std::end(kKnown) ? "unknown: left alone" : known->what));
  }
}

void CheckLeftovers(CheckContext& context, const ContainerIds& containers) {
  const auto leftovers =
      FindLeftovers(context.paths, absl::InfiniteFuture(), containers);
  if (!leftovers.ok()) {
    return context.Add({"image", std::string(leftovers.status().message())});
  }
  for (const Leftover& leftover : *leftovers) {
    const Paths paths = context.paths;
    context.Add(
        {leftover.path,
         "was left by a process that died",
         {},
         [paths, leftover] { return RemoveLeftover(paths, leftover); }});
  }
}

absl::StatusOr<proto::StoreFinding> Settle(const Finding& finding,
                                           bool repair) {
  proto::StoreFinding result;
  result.set_path(finding.path);
  result.set_problem(finding.problem);
  for (const std::string& user : finding.needed_by) {
    result.add_needed_by(user);
  }
  result.set_repairable(finding.repair != nullptr);
  if (!repair || finding.repair == nullptr) return result;
  CLEAT_RETURN_IF_ERROR(finding.repair());
  result.set_repaired(true);
  return result;
}

// Moves the findings so far into the result.
absl::Status SettleAll(CheckContext& context, bool repair,
                       CheckResult& result) {
  for (const Finding& finding : std::exchange(context.findings, {})) {
    CLEAT_ASSIGN_OR_RETURN(proto::StoreFinding settled,
                           Settle(finding, repair));
    result.findings.push_back(std::move(settled));
  }
  return absl::OkStatus();
}

// What only shows, or can only be repaired, after other repairs: each layer
// upon one that has a new short name, for as many as there may be in a stack.
absl::Status RepairRest(CheckContext& context, CheckResult& result) {
  for (size_t round = 0; round < image::kMaxLayers; ++round) {
    CheckContext again{context.paths, false};
    again.use = context.use;
    again.origins = context.origins;
    CheckLayers(again);
    for (Finding& finding : again.findings) {
      if (finding.repair != nullptr) context.Add(std::move(finding));
    }
    if (context.findings.empty()) break;
    CLEAT_RETURN_IF_ERROR(SettleAll(context, true, result));
  }
  return absl::OkStatus();
}

}  // namespace

bool CheckResult::sound() const {
  return std::all_of(findings.begin(), findings.end(),
                     [](const auto& finding) { return finding.repaired(); });
}

absl::StatusOr<CheckResult> CheckStore(const std::string& root,
                                       const CheckOptions& options) {
  CLEAT_RETURN_IF_ERROR(CheckLayout(root));
  sys::Fd guard;
  if (options.repair) {
    CLEAT_ASSIGN_OR_RETURN(guard, GuardWriting(root));
  }
  const Paths paths(root);
  CheckContext context{paths, !options.fast};
  NoteDirectories(context);
  CheckImages(context);
  if (const auto use = ReadLayerUse(paths); use.ok()) {
    context.use.mounts = use->mounts;
  }
  CheckLayers(context);
  CheckMounts(context);
  CheckResult result;
  CLEAT_RETURN_IF_ERROR(SettleAll(context, options.repair, result));
  if (options.repair) {
    CLEAT_RETURN_IF_ERROR(RepairRest(context, result));
  }
  // What layers need is none of them, once they are repaired.
  CheckLeftovers(context, options.containers);
  CLEAT_RETURN_IF_ERROR(SettleAll(context, options.repair, result));
  result.notes = std::move(context.notes);
  return result;
}

}  // namespace cleat::store
