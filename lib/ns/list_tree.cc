#include "lib/ns/list_tree.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/procfs/stat.h"

namespace cleat::ns {
namespace {

class TreeMaker {
 public:
  TreeMaker(const std::vector<const Namespace*>& chosen,
            absl::FunctionRef<uint64_t(const Namespace&)> parent_of) {
    absl::flat_hash_set<uint64_t> inodes;
    for (const Namespace* found : chosen) inodes.insert(found->inode);
    for (const Namespace* found : chosen) {
      const uint64_t parent = parent_of(*found);
      if (parent != found->inode && inodes.contains(parent)) {
        children_[parent].push_back(found);
      } else {
        roots_.push_back(found);
      }
    }
  }

  std::vector<ListLine> Make(const std::vector<const Namespace*>& chosen) {
    for (const Namespace* root : roots_) AddRoot(root);
    // Those of a circle, which no root leads to.
    for (const Namespace* found : chosen) AddRoot(found);
    return std::move(lines_);
  }

 private:
  void AddRoot(const Namespace* found) {
    if (!drawn_.insert(found->inode).second) return;
    lines_.push_back({found, ""});
    AddChildren(found->inode, "");
  }

  void AddChildren(uint64_t inode, const std::string& indent) {
    const auto children = children_.find(inode);
    if (children == children_.end()) return;
    for (const Namespace* child : children->second) {
      if (!drawn_.insert(child->inode).second) continue;
      const bool last = child == children->second.back();
      lines_.push_back({child, absl::StrCat(indent, last ? "└─" : "├─")});
      AddChildren(child->inode, absl::StrCat(indent, last ? "  " : "│ "));
    }
  }

  std::vector<const Namespace*> roots_;
  absl::flat_hash_map<uint64_t, std::vector<const Namespace*>> children_;
  absl::flat_hash_set<uint64_t> drawn_;
  std::vector<ListLine> lines_;
};

// Finds the namespaces that the ancestors of processes are in.
class Ancestors {
 public:
  Ancestors(const Survey& survey, const std::string& proc)
      : survey_(survey), proc_(proc) {}

  // The one of the same kind that the nearest ancestor of its first process is
  // in that is not in this one.
  uint64_t Above(const Namespace& found) {
    const auto kind = static_cast<size_t>(found.kind - std::begin(kKinds));
    pid_t pid = found.pid;
    // A chain that changes meanwhile must not go on for ever.
    for (size_t i = 0; pid > 0 && i < survey_.processes.size(); ++i) {
      pid = ParentOf(pid);
      const ProcessNamespaces* const process = FindProcess(pid);
      if (process == nullptr) return 0;
      if (process->inodes[kind] != found.inode) return process->inodes[kind];
    }
    return 0;
  }

 private:
  pid_t ParentOf(pid_t pid) {
    const auto [place, added] = parents_.try_emplace(pid, 0);
    if (added) {
      const auto stat = procfs::ReadStat(pid, proc_);
      if (stat.ok()) place->second = stat->ppid;
    }
    return place->second;
  }

  const ProcessNamespaces* FindProcess(pid_t pid) const {
    const auto place = std::lower_bound(
        survey_.processes.begin(), survey_.processes.end(), pid,
        [](const ProcessNamespaces& a, pid_t b) { return a.pid < b; });
    if (place == survey_.processes.end() || place->pid != pid) return nullptr;
    return &*place;
  }

  const Survey& survey_;
  const std::string& proc_;
  absl::flat_hash_map<pid_t, pid_t> parents_;
};

std::vector<ListLine> MakeTreeOfKind(
    const std::vector<const Namespace*>& chosen, uint64_t flag) {
  std::vector<const Namespace*> of_kind;
  std::copy_if(chosen.begin(), chosen.end(), std::back_inserter(of_kind),
               [&](const Namespace* n) { return n->kind->flag == flag; });
  return MakeTree(of_kind, [](const Namespace& found) { return found.parent; });
}

}  // namespace

std::vector<ListLine> MakeTree(
    const std::vector<const Namespace*>& chosen,
    absl::FunctionRef<uint64_t(const Namespace&)> parent_of) {
  return TreeMaker(chosen, parent_of).Make(chosen);
}

absl::StatusOr<std::vector<ListLine>> MakeTreeBy(
    const std::string& relation, const Survey& survey,
    const std::vector<const Namespace*>& chosen, const std::string& proc) {
  if (relation == "pid") return MakeTreeOfKind(chosen, CLONE_NEWPID);
  if (relation == "user") return MakeTreeOfKind(chosen, CLONE_NEWUSER);
  if (relation == "parent") {
    return MakeTree(chosen,
                    [](const Namespace& found) { return found.parent; });
  }
  if (relation == "owner") {
    return MakeTree(chosen, [](const Namespace& found) { return found.owner; });
  }
  if (relation == "process") {
    Ancestors ancestors(survey, proc);
    return MakeTree(
        chosen, [&](const Namespace& found) { return ancestors.Above(found); });
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--tree=", relation,
                   ": parent, pid, user, owner or process is expected"));
}

}  // namespace cleat::ns
