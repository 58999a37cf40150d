#ifndef CLEAT_LIB_NS_SOURCE_H_
#define CLEAT_LIB_NS_SOURCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/ns/join.h"
#include "lib/ns/target.h"
#include "proto/namespaces.pb.h"
#include "proto/process.pb.h"

// Where namespaces are taken from: a process that is in them, or files that
// keep them.

namespace cleat::ns {

struct Source {
  absl::optional<Target> target;
  // What there is without a process, or in place of its namespaces.
  std::vector<OpenedNamespace> kept;
};

// Opens the file that the state names. kNotFound when the namespace is gone:
// its holder has ended, or the file is another namespace by now.
absl::StatusOr<OpenedNamespace> OpenKept(const proto::NamespaceState& state);

// Those of a container: of its first process while it runs, else what its
// section `namespaces` says is held. kFailedPrecondition when it has neither.
absl::StatusOr<Source> SourceOfContainer(
    const proto::ProcessState& process,
    const proto::NamespacesState& namespaces);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_SOURCE_H_
