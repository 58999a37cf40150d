#include "lib/ns/describe.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/net/link.h"
#include "lib/net/route_socket.h"
#include "lib/procfs/id_map.h"
#include "lib/procfs/stat.h"
#include "lib/procfs/status.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

// How holders are called in JSON, in the order of Hold.
constexpr const char* kHoldNames[] = {"thread", "children", "descriptor",
                                      "mount",  "parent",   "owner"};

absl::optional<uint32_t> UserOf(pid_t pid, const std::string& proc) {
  struct stat info;
  if (stat(absl::StrCat(proc, "/", pid).c_str(), &info) != 0) return {};
  return info.st_uid;
}

// What is listed of processes has the same fields in both messages.
template <typename Listed>
void SetUser(pid_t pid, const NamesOfUsers& users, const std::string& proc,
             Listed* listed) {
  const auto uid = UserOf(pid, proc);
  if (!uid) return;
  listed->set_uid(*uid);
  const auto name = users.find(*uid);
  listed->set_user(name != users.end() ? name->second : absl::StrCat(*uid));
}

template <typename Listed>
void SetNumbers(pid_t pid, const std::string& proc, Listed* listed) {
  const auto status = procfs::ReadStatus(proc, absl::StrCat(pid));
  if (!status.ok()) return;
  for (const int number : status->namespace_pids) listed->add_nspid(number);
}

template <typename Listed>
void SetParent(pid_t pid, const std::string& proc, Listed* listed) {
  const auto stat = procfs::ReadStat(pid, proc);
  if (stat.ok()) listed->set_ppid(stat->ppid);
}

template <typename Ranges>
void AddMap(const char* file, pid_t pid, const std::string& proc,
            Ranges* ranges) {
  const auto map = procfs::ReadIdMap(file, proc, absl::StrCat(pid));
  if (!map.ok()) return;
  for (const procfs::IdRange& range : *map) {
    proto::ListedIdRange* const listed = ranges->Add();
    listed->set_inside(range.inside);
    listed->set_outside(range.outside);
    listed->set_count(range.count);
  }
}

// A file that opens the namespace, as setns(2) takes it.
std::string PathOf(const Namespace& found, const std::string& proc) {
  if (found.pid != 0) {
    return absl::StrCat(proc, "/", found.pid, "/ns/", found.kind->file);
  }
  for (const Holder& holder : found.holders) {
    const std::string process = absl::StrCat(proc, "/", holder.pid);
    switch (holder.hold) {
      case Hold::kThread:
        return absl::StrCat(process, "/task/", holder.number, "/ns/",
                            found.kind->file);
      case Hold::kDescriptor:
        return absl::StrCat(process, "/fd/", holder.number);
      case Hold::kMount:
        return absl::StrCat(process, "/root", holder.path);
      default:
        break;
    }
  }
  return "";
}

}  // namespace

std::string CommandLine(pid_t pid, const std::string& proc) {
  auto text = sys::ReadFile(absl::StrCat(proc, "/", pid, "/cmdline"));
  if (!text.ok()) return "";
  while (!text->empty() && text->back() == '\0') text->pop_back();
  std::replace(text->begin(), text->end(), '\0', ' ');
  if (!text->empty()) return *std::move(text);
  const auto stat = procfs::ReadStat(pid, proc);
  return stat.ok() ? absl::StrCat("[", stat->comm, "]") : "";
}

Describer::Describer(const Survey& survey, unsigned details,
                     const NamesOfUsers& users,
                     const NamesOfContainers& containers, std::string proc)
    : survey_(survey),
      details_(details),
      users_(users),
      containers_(containers),
      proc_(std::move(proc)) {
  if ((details & kDetailPeers) != 0) peers_ = FindNetPeers(survey, proc_);
}

std::string Describer::Command(pid_t pid) const {
  return (details_ & kDetailCommand) != 0 ? CommandLine(pid, proc_) : "";
}

void Describer::SetProcess(const Namespace& found,
                           proto::ListedNamespace* listed) {
  listed->set_pid(found.pid);
  if ((details_ & kDetailParent) != 0) SetParent(found.pid, proc_, listed);
  if ((details_ & kDetailNumbers) != 0) SetNumbers(found.pid, proc_, listed);
  if ((details_ & kDetailUser) != 0) {
    SetUser(found.pid, users_, proc_, listed);
  }
  if ((details_ & kDetailCommand) != 0) listed->set_command(Command(found.pid));
}

// A container's namespaces are those of its first process that it does not
// share with this program's own.
void Describer::SetContainer(const Namespace& found,
                             proto::ListedNamespace* listed) {
  const auto container = containers_.find(found.pid);
  if (container != containers_.end()) listed->set_container(container->second);
}

void Describer::SetMaps(const Namespace& found,
                        proto::ListedNamespace* listed) {
  AddMap("uid_map", found.pid, proc_, listed->mutable_uid_map());
  AddMap("gid_map", found.pid, proc_, listed->mutable_gid_map());
}

void Describer::SetNumber(const Namespace& found,
                          proto::ListedNamespace* listed) {
  auto socket = net::OpenRoute();
  const auto fd = OpenSurveyed(found, proc_);
  if (!socket.ok() || !fd.ok()) return;
  const auto number = net::NetnsNumber(*socket, fd->get());
  if (number.ok() && number->has_value()) listed->set_netnsid(**number);
}

void Describer::AddHolder(const Holder& holder,
                          proto::ListedNamespace* listed) {
  proto::NamespaceHolder* const added = listed->add_holders();
  added->set_kind(kHoldNames[static_cast<int>(holder.hold)]);
  if (holder.pid != 0) {
    added->set_pid(holder.pid);
    if ((details_ & kDetailCommand) != 0) {
      added->set_command(Command(holder.pid));
    }
  }
  if (!holder.path.empty()) added->set_path(holder.path);
  if (holder.more != 0) added->set_more(static_cast<uint32_t>(holder.more));
  switch (holder.hold) {
    case Hold::kThread:
      added->set_thread(static_cast<int32_t>(holder.number));
      break;
    case Hold::kDescriptor:
      added->set_descriptor(static_cast<uint32_t>(holder.number));
      break;
    case Hold::kParent:
    case Hold::kOwner:
      added->set_ns(holder.number);
      break;
    default:
      break;
  }
}

void Describer::AddPeers(const Namespace& found,
                         proto::ListedNamespace* listed) {
  const auto peers = peers_.find(found.inode);
  if (peers == peers_.end()) return;
  for (const NetPeerLink& peer : peers->second) {
    proto::NetPeer* const added = listed->add_peers();
    added->set_link(peer.link);
    added->set_kind(peer.kind);
    added->set_peer_index(static_cast<uint32_t>(peer.peer_index));
    if (peer.peer_ns == 0) continue;
    added->set_peer_link(peer.peer_link);
    added->set_peer_ns(peer.peer_ns);
  }
}

proto::ListedNamespace Describer::Describe(const Namespace& found) {
  proto::ListedNamespace listed;
  listed.set_ns(found.inode);
  listed.set_type(found.kind->file);
  if (found.id != 0) listed.set_id(found.id);
  listed.set_processes(static_cast<uint32_t>(found.processes));
  if (found.pid != 0) {
    SetProcess(found, &listed);
    SetContainer(found, &listed);
  }
  for (const Holder& holder : found.holders) AddHolder(holder, &listed);
  const std::string path = PathOf(found, proc_);
  if (!path.empty()) listed.set_path(path);
  if (found.parent != 0) listed.set_parent(found.parent);
  if (found.owner != 0) listed.set_owner(found.owner);
  if (found.maker) listed.set_maker(*found.maker);
  if (found.kind->flag == CLONE_NEWUSER && found.pid != 0 &&
      (details_ & kDetailMaps) != 0) {
    SetMaps(found, &listed);
  }
  if (found.kind->flag == CLONE_NEWNET) {
    if ((details_ & kDetailNetns) != 0) SetNumber(found, &listed);
    AddPeers(found, &listed);
  }
  return listed;
}

proto::ListedProcess Describer::Describe(const ProcessNamespaces& process) {
  proto::ListedProcess listed;
  listed.set_pid(process.pid);
  SetParent(process.pid, proc_, &listed);
  SetNumbers(process.pid, proc_, &listed);
  SetUser(process.pid, users_, proc_, &listed);
  listed.set_command(CommandLine(process.pid, proc_));
  return listed;
}

}  // namespace cleat::ns
