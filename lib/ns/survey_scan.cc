#include "lib/ns/survey_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/procfs/kernel_link.h"
#include "lib/procfs/mountinfo.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

// Longer link texts than this are paths.
constexpr size_t kLinkSize = 64;
// Bytes of entries that are read at once.
constexpr ssize_t kDirectorySize = 4096;
// In what a thread may be while its process is not: the others of setns(2) and
// unshare(2) are for processes of one thread.
constexpr uint64_t kThreadKinds =
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;
// A directory of procfs has one link for itself, one from its parent, and one
// for each directory in it: /proc/PID/task of a process with one thread has 3.
constexpr nlink_t kOneThread = 3;

// The inode number that a link of /proc/PID/ns tells; 0 and errno for none.
uint64_t ReadInode(int ns, const char* file) {
  char text[kLinkSize];
  const ssize_t size = readlinkat(ns, file, text, sizeof(text));
  if (size < 0) return 0;
  const auto link = procfs::ParseKernelLink(
      absl::string_view(text, static_cast<size_t>(size)));
  return link ? link->number : 0;
}

sys::Fd OpenDirectory(int at, const std::string& path, int flags) {
  return sys::Fd(
      openat(at, path.c_str(), flags | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
}

// Calls `visit` with each of the numbers that the directory holds, as text and
// number. (readdir(3) would cost three more system calls for each.)
void ForEachNumber(const sys::Fd& directory,
                   absl::FunctionRef<void(const char* name, int)> visit) {
  alignas(dirent64) char buffer[kDirectorySize];
  while (true) {
    const ssize_t size = getdents64(directory.get(), buffer, sizeof(buffer));
    if (size <= 0) return;
    for (ssize_t at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const dirent64*>(buffer + at);
      at += entry->d_reclen;
      int number;
      if (absl::SimpleAtoi(entry->d_name, &number)) {
        visit(entry->d_name, number);
      }
    }
    // Procfs leaves room only where it has no more.
    if (size + ssize_t{sizeof(dirent64)} < kDirectorySize) return;
  }
}

}  // namespace

Namespace& SurveyScan::At(const Kind& kind, uint64_t inode) {
  const auto [place, added] = places_.try_emplace(inode, namespaces.size());
  if (!added) return namespaces[place->second];
  Namespace& found = namespaces.emplace_back();
  found.kind = &kind;
  found.inode = inode;
  return found;
}

// False when the process may not be looked into.
bool SurveyScan::AddMember(int ns, pid_t pid, ProcessNamespaces* process) {
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    if ((kinds_ & kKinds[i].flag) == 0) continue;
    const uint64_t inode = ReadInode(ns, kKinds[i].file);
    if (inode == 0 && (errno == EACCES || errno == EPERM)) return false;
    if (inode == 0) continue;
    process->inodes[i] = inode;
    Namespace& found = At(kKinds[i], inode);
    ++found.processes;
    if (found.pid == 0) found.pid = pid;
  }
  return true;
}

void SurveyScan::AddForChildren(int ns, const ProcessNamespaces& process) {
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    const uint64_t flag = kKinds[i].flag & kinds_;
    if (flag != CLONE_NEWPID && flag != CLONE_NEWTIME) continue;
    const uint64_t inode = ReadInode(
        ns, flag == CLONE_NEWPID ? "pid_for_children" : "time_for_children");
    if (inode == 0 || inode == process.inodes[i]) continue;
    At(kKinds[i], inode).holders.push_back({Hold::kChildren, process.pid});
  }
}

void SurveyScan::AddThread(const ProcessNamespaces& process, pid_t thread) {
  const sys::Fd ns = OpenDirectory(
      proc_, absl::StrCat(process.pid, "/task/", thread, "/ns"), O_PATH);
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    if ((kinds_ & kThreadKinds & kKinds[i].flag) == 0) continue;
    const uint64_t inode = ReadInode(ns.get(), kKinds[i].file);
    if (inode == 0 || inode == process.inodes[i]) continue;
    At(kKinds[i], inode)
        .holders.push_back(
            {Hold::kThread, process.pid, static_cast<uint64_t>(thread)});
  }
}

void SurveyScan::AddThreads(const ProcessNamespaces& process) {
  const std::string path = absl::StrCat(process.pid, "/task");
  struct stat info;
  if (fstatat(proc_, path.c_str(), &info, 0) != 0) return;
  if (info.st_nlink <= kOneThread) return;
  ForEachNumber(OpenDirectory(proc_, path, O_RDONLY),
                [&](const char*, int thread) {
                  if (thread != process.pid) AddThread(process, thread);
                });
}

void SurveyScan::AddDescriptors(pid_t pid) {
  const sys::Fd directory =
      OpenDirectory(proc_, absl::StrCat(pid, "/fd"), O_RDONLY);
  ForEachNumber(directory, [&](const char* name, int number) {
    char text[kLinkSize];
    const ssize_t size = readlinkat(directory.get(), name, text, sizeof(text));
    if (size <= 0 || text[0] == '/') return;
    const auto link = procfs::ParseKernelLink(
        absl::string_view(text, static_cast<size_t>(size)));
    const Kind* const kind = link ? FindKind(link->name) : nullptr;
    if (kind == nullptr) return;
    At(*kind, link->number)
        .holders.push_back(
            {Hold::kDescriptor, pid, static_cast<uint64_t>(number)});
  });
}

void SurveyScan::AddProcess(pid_t pid) {
  // The directory stays this process's, whosever its number may be next.
  const sys::Fd ns = OpenDirectory(proc_, absl::StrCat(pid, "/ns"), O_PATH);
  if (!ns.valid()) return;
  ProcessNamespaces process;
  process.pid = pid;
  if (!AddMember(ns.get(), pid, &process)) {
    ++hidden;
    return;
  }
  AddForChildren(ns.get(), process);
  AddThreads(process);
  AddDescriptors(pid);
  processes.push_back(process);
}

void SurveyScan::AddMount(pid_t pid, const std::string& root,
                          const std::string& target) {
  const auto link = procfs::ParseKernelLink(root);
  const Kind* const kind = link ? FindKind(link->name) : nullptr;
  if (kind == nullptr) return;
  std::vector<Holder>& holders = At(*kind, link->number).holders;
  const auto same =
      std::find_if(holders.begin(), holders.end(), [&](const Holder& holder) {
        return holder.hold == Hold::kMount && holder.path == target;
      });
  if (same != holders.end()) {
    ++same->more;
    return;
  }
  holders.push_back({Hold::kMount, pid, 0, target});
}

void SurveyScan::Merge(SurveyScan other) {
  hidden += other.hidden;
  processes.insert(processes.end(), other.processes.begin(),
                   other.processes.end());
  for (Namespace& found : other.namespaces) {
    Namespace& own = At(*found.kind, found.inode);
    own.processes += found.processes;
    if (own.pid == 0) own.pid = found.pid;
    std::move(found.holders.begin(), found.holders.end(),
              std::back_inserter(own.holders));
  }
}

void SurveyScan::AddMountsSeenBy(pid_t pid) {
  const auto text = sys::ReadFileAt(proc_, absl::StrCat(pid, "/mountinfo"));
  if (!text.ok()) return;
  // Most mount namespaces have none, and long lists.
  std::string lines;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (line.find(" - nsfs ") != absl::string_view::npos) {
      absl::StrAppend(&lines, line, "\n");
    }
  }
  const auto mounts = procfs::ParseMountinfo(lines);
  if (!mounts.ok()) return;
  for (const procfs::Mount& mount : *mounts) {
    if (mount.type == "nsfs") AddMount(pid, mount.root, mount.target);
  }
}

void SurveyScan::AddMounts() {
  std::vector<pid_t> pids;
  for (const Namespace& found : namespaces) {
    if (found.kind->flag == CLONE_NEWNS && found.pid != 0) {
      pids.push_back(found.pid);
    }
  }
  for (const pid_t pid : pids) AddMountsSeenBy(pid);
}

}  // namespace cleat::ns
