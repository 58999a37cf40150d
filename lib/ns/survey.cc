#include "lib/ns/survey.h"

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/ns/find.h"
#include "lib/ns/survey_scan.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"
#include "lib/sys/threads.h"

namespace cleat::ns {
namespace {

// Fewer are not worth the start of a thread.
constexpr size_t kProcessesPerThread = 250;

// What must be read to find all of `kinds`: any namespace may be the last that
// is left of its owner, and mounts are found by mount namespaces.
uint64_t KindsToRead(uint64_t kinds) {
  uint64_t all = 0;
  for (const Kind& kind : kKinds) all |= kind.flag;
  return (kinds & CLONE_NEWUSER) != 0 ? all : kinds | CLONE_NEWNS;
}

absl::StatusOr<std::vector<pid_t>> ListPids(const std::string& proc) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                         sys::ListDirectory(proc));
  std::vector<pid_t> pids;
  for (const std::string& name : names) {
    pid_t pid;
    if (absl::SimpleAtoi(name, &pid)) pids.push_back(pid);
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

// Each thread looks at its part of the processes; nearly all of a survey's time
// is spent in the kernel.
SurveyScan ScanProcesses(int proc, uint64_t kinds,
                         const std::vector<pid_t>& pids) {
  const size_t parts =
      std::min<size_t>(std::max(1u, std::thread::hardware_concurrency()),
                       1 + pids.size() / kProcessesPerThread);
  std::vector<SurveyScan> scans(parts, SurveyScan(proc, kinds));
  std::atomic<size_t> next = 0;
  sys::OnThreads(parts, [&] {
    for (size_t part = next++; part < parts; part = next++) {
      for (size_t i = pids.size() * part / parts;
           i < pids.size() * (part + 1) / parts; ++i) {
        scans[part].AddProcess(pids[i]);
      }
    }
  });
  for (size_t part = 1; part < parts; ++part) {
    scans[0].Merge(std::move(scans[part]));
  }
  return std::move(scans[0]);
}

absl::StatusOr<sys::Fd> OpenHeld(const Holder& holder, const Kind& kind,
                                 const std::string& proc) {
  const std::string process = absl::StrCat(proc, "/", holder.pid);
  switch (holder.hold) {
    case Hold::kThread:
      return sys::Open(
          absl::StrCat(process, "/task/", holder.number, "/ns/", kind.file),
          O_RDONLY);
    case Hold::kChildren:
      return sys::Open(
          absl::StrCat(process, "/ns/", kind.file, "_for_children"), O_RDONLY);
    case Hold::kDescriptor: {
      const std::string path = absl::StrCat(process, "/fd/", holder.number);
      CLEAT_ASSIGN_OR_RETURN(const sys::Fd place, sys::Open(path, O_PATH));
      return OpenPlace(place, path);
    }
    case Hold::kMount: {
      CLEAT_ASSIGN_OR_RETURN(
          const sys::Fd root,
          sys::Open(process + "/root", O_PATH | O_DIRECTORY));
      return OpenMounted(root.get(), holder.path);
    }
    default:
      return absl::NotFoundError("held by other namespaces only");
  }
}

bool IsInode(const absl::StatusOr<sys::Fd>& fd, uint64_t inode) {
  if (!fd.ok()) return false;
  const auto found = sys::NamespaceInode(fd->get());
  return found.ok() && *found == inode;
}

// Follows namespaces to their owners and parents, which may be held by nothing
// else.
class Relations {
 public:
  Relations(std::vector<Namespace> namespaces, const std::string& proc)
      : proc_(proc), found_(std::move(namespaces)), opened_(found_.size()) {
    for (size_t i = 0; i < found_.size(); ++i) places_[found_[i].inode] = i;
  }

  std::vector<Namespace> Follow() {
    // It grows meanwhile.
    for (size_t i = 0; i < found_.size(); ++i) FollowOne(i);
    AddHolders(Hold::kParent, &Namespace::parent);
    AddHolders(Hold::kOwner, &Namespace::owner);
    return std::move(found_);
  }

 private:
  void FollowOne(size_t i) {
    sys::Fd fd = std::move(opened_[i]);
    if (!fd.valid()) {
      auto opened = OpenSurveyed(found_[i], proc_);
      if (!opened.ok()) return;
      fd = std::move(*opened);
    }
    const uint64_t flag = found_[i].kind->flag;
    found_[i].id = sys::NamespaceId(fd.get()).value_or(0);
    if (flag == CLONE_NEWUSER) {
      const auto maker = sys::NamespaceOwnerUid(fd.get());
      if (maker.ok()) found_[i].maker = *maker;
    }
    // The owner of a user namespace is its parent.
    const uint64_t owner = Add(sys::NamespaceOwner(fd.get()), CLONE_NEWUSER);
    found_[i].owner = owner;
    if (flag == CLONE_NEWUSER) found_[i].parent = owner;
    if (flag == CLONE_NEWPID) {
      const uint64_t parent = Add(sys::NamespaceParent(fd.get()), flag);
      found_[i].parent = parent;
    }
  }

  // The inode number of a related namespace, which is added where it is new.
  uint64_t Add(absl::StatusOr<sys::Fd> fd, uint64_t flag) {
    if (!fd.ok()) return 0;
    const auto inode = sys::NamespaceInode(fd->get());
    if (!inode.ok()) return 0;
    if (!places_.try_emplace(*inode, found_.size()).second) return *inode;
    Namespace& added = found_.emplace_back();
    added.kind = FindKindOfFlag(flag);
    added.inode = *inode;
    opened_.push_back(std::move(*fd));
    return *inode;
  }

  // One holder for each namespace that no process is in.
  void AddHolders(Hold hold, uint64_t Namespace::*relation) {
    for (const Namespace& related : found_) {
      const auto place = places_.find(related.*relation);
      if (place == places_.end()) continue;
      Namespace& held = found_[place->second];
      if (held.processes != 0) continue;
      // A user namespace is the child of its owner, which says it all.
      if (hold == Hold::kOwner && related.kind->flag == CLONE_NEWUSER) continue;
      if (!held.holders.empty() && held.holders.back().hold == hold) {
        ++held.holders.back().more;
      } else {
        held.holders.push_back({hold, 0, related.inode});
      }
    }
  }

  const std::string& proc_;
  std::vector<Namespace> found_;
  // Those without a holder that could open them again.
  std::deque<sys::Fd> opened_;
  absl::flat_hash_map<uint64_t, size_t> places_;
};

}  // namespace

const Namespace* Survey::Find(uint64_t inode) const {
  const auto place = std::lower_bound(
      namespaces.begin(), namespaces.end(), inode,
      [](const Namespace& a, uint64_t b) { return a.inode < b; });
  if (place == namespaces.end() || place->inode != inode) return nullptr;
  return &*place;
}

absl::StatusOr<sys::Fd> OpenSurveyed(const Namespace& surveyed,
                                     const std::string& proc) {
  if (surveyed.pid != 0) {
    auto fd = sys::Open(
        absl::StrCat(proc, "/", surveyed.pid, "/ns/", surveyed.kind->file),
        O_RDONLY);
    if (IsInode(fd, surveyed.inode)) return fd;
  }
  for (const Holder& holder : surveyed.holders) {
    auto fd = OpenHeld(holder, *surveyed.kind, proc);
    if (IsInode(fd, surveyed.inode)) return fd;
  }
  return absl::NotFoundError(absl::StrCat(surveyed.kind->file, ":[",
                                          surveyed.inode,
                                          "]: nobody holds it any longer"));
}

absl::StatusOr<Survey> TakeSurvey(uint64_t kinds, const std::string& proc) {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd directory,
                         sys::Open(proc, O_PATH | O_DIRECTORY));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> pids, ListPids(proc));
  SurveyScan scan = ScanProcesses(directory.get(), KindsToRead(kinds), pids);
  scan.AddMounts();
  Survey survey;
  survey.hidden = scan.hidden;
  survey.processes = std::move(scan.processes);
  survey.namespaces = Relations(std::move(scan.namespaces), proc).Follow();
  std::sort(
      survey.namespaces.begin(), survey.namespaces.end(),
      [](const Namespace& a, const Namespace& b) { return a.inode < b.inode; });
  return survey;
}

}  // namespace cleat::ns
