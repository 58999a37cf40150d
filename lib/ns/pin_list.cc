#include "lib/ns/pin_list.h"

#include <fcntl.h>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/ns/kinds.h"
#include "lib/ns/pin_files.h"
#include "lib/procfs/mountinfo.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"

namespace cleat::ns {
namespace {

// What is at this path now.
void Identify(proto::Pin* pin) {
  const auto fd = sys::Open(pin->path(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd.ok()) return;
  const auto type = sys::NamespaceType(fd->get());
  const auto inode = sys::NamespaceInode(fd->get());
  if (!type.ok() || !inode.ok()) return;
  const Kind* const kind = FindKindOfFlag(static_cast<uint64_t>(*type));
  if (kind != nullptr) pin->set_kind(std::string(kind->name));
  pin->set_inode(static_cast<int64_t>(*inode));
}

// The files of one pin.
std::vector<proto::Pin> ListPin(const std::string& root,
                                const std::string& name) {
  std::vector<proto::Pin> pins;
  const std::string directory = PinPath(root, name);
  const auto files = sys::ListDirectory(directory);
  if (!files.ok()) return pins;
  const bool held = sys::Exists(absl::StrCat(directory, "/", kHolderFile));
  const absl::optional<proto::ProcessId> holder = ReadHolder(directory);
  for (const std::string& file : *files) {
    if (file == kHolderFile) continue;
    proto::Pin pin;
    pin.set_name(name);
    pin.set_path(absl::StrCat(directory, "/", file));
    if (holder.has_value()) *pin.mutable_holder() = *holder;
    if (holder.has_value() || !held) Identify(&pin);
    pins.push_back(std::move(pin));
  }
  return pins;
}

// What ip-netns(8) has named so.
proto::Pin IpNetns(const std::string& name) {
  proto::Pin pin;
  pin.set_name(name);
  pin.set_path(absl::StrCat(kIpNetns, "/", name));
  Identify(&pin);
  return pin;
}

std::string NameOf(const std::string& path) {
  const std::string prefix = absl::StrCat(kIpNetns, "/");
  return absl::StartsWith(path, prefix) ? path.substr(prefix.size()) : "";
}

}  // namespace

absl::StatusOr<std::vector<proto::Pin>> ListPins(const std::string& root) {
  std::vector<proto::Pin> pins;
  const auto names = sys::ListDirectory(AllPins(root));
  if (names.ok()) {
    for (const std::string& name : *names) {
      for (proto::Pin& pin : ListPin(root, name))
        pins.push_back(std::move(pin));
    }
  }
  CLEAT_ASSIGN_OR_RETURN(const std::vector<procfs::Mount> mounts,
                         procfs::ReadMountinfo());
  const std::string own = AllPins(root) + "/";
  for (const procfs::Mount& mount : mounts) {
    if (mount.type != "nsfs" || absl::StartsWith(mount.target, own)) continue;
    proto::Pin pin;
    pin.set_name(NameOf(mount.target));
    pin.set_path(mount.target);
    Identify(&pin);
    pins.push_back(std::move(pin));
  }
  return pins;
}

absl::StatusOr<Source> SourceOfPin(const std::string& root,
                                   const std::string& name) {
  CLEAT_RETURN_IF_ERROR(CheckPinName(name));
  std::vector<proto::Pin> pins = ListPin(root, name);
  if (pins.empty()) pins.push_back(IpNetns(name));
  Source source;
  for (const proto::Pin& pin : pins) {
    if (pin.kind().empty()) continue;
    proto::NamespaceState state;
    state.set_kind(pin.kind());
    state.set_path(pin.path());
    state.set_inode(pin.inode());
    CLEAT_ASSIGN_OR_RETURN(OpenedNamespace kept, OpenKept(state));
    source.kept.push_back(std::move(kept));
  }
  if (!source.kept.empty()) return source;
  return absl::NotFoundError(
      absl::StrCat("pin '", name, "': nothing is kept (ns-pin --list)"));
}

}  // namespace cleat::ns
