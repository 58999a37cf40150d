#include "lib/ns/source.h"

#include <fcntl.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/journal/process.h"
#include "lib/ns/find.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"

namespace cleat::ns {
namespace {

absl::Status Gone(const proto::NamespaceState& state) {
  return absl::NotFoundError(
      absl::StrCat(state.kind(), " namespace ", state.path(), ": gone"));
}

}  // namespace

absl::StatusOr<OpenedNamespace> OpenKept(const proto::NamespaceState& state) {
  const Kind* const kind = FindKind(state.kind());
  if (kind == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("namespaces: kind '", state.kind(), "': no such kind"));
  }
  absl::StatusOr<sys::Fd> fd =
      sys::Open(state.path(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (absl::IsNotFound(fd.status())) return Gone(state);
  if (!fd.ok()) return fd.status();
  CLEAT_RETURN_IF_ERROR(CheckKind(fd->get(), *kind, state.path()));
  // Its number may be another process's, and the file another namespace.
  if (state.has_holder() && !journal::IsAlive(state.holder())) {
    return Gone(state);
  }
  CLEAT_ASSIGN_OR_RETURN(const uint64_t inode, sys::NamespaceInode(fd->get()));
  if (state.has_inode() && inode != static_cast<uint64_t>(state.inode())) {
    return Gone(state);
  }
  return OpenedNamespace{kind, std::move(*fd), state.path()};
}

absl::StatusOr<Source> SourceOfContainer(
    const proto::ProcessState& process,
    const proto::NamespacesState& namespaces) {
  Source source;
  if (process.has_init() && process.status() != "stopped") {
    CLEAT_ASSIGN_OR_RETURN(const sys::Fd pidfd,
                           journal::OpenProcess(process.init()));
    CLEAT_ASSIGN_OR_RETURN(source.target, Target::OfPidfd(pidfd.get()));
    return source;
  }
  for (const proto::NamespaceState& state : namespaces.namespaces()) {
    CLEAT_ASSIGN_OR_RETURN(OpenedNamespace kept, OpenKept(state));
    source.kept.push_back(std::move(kept));
  }
  if (!source.kept.empty()) return source;
  return absl::FailedPreconditionError(
      "the container does not run and holds no namespaces");
}

}  // namespace cleat::ns
