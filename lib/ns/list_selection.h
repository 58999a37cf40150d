#ifndef CLEAT_LIB_NS_LIST_SELECTION_H_
#define CLEAT_LIB_NS_LIST_SELECTION_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/ns/survey.h"
#include "proto/ns_list_options.pb.h"

namespace cleat::ns {

// What of a survey is listed: namespaces, by inode number, or the processes
// that are in those which the operands name.
struct ListSelection {
  bool show_processes = false;
  std::vector<const Namespace*> namespaces;
  std::vector<ProcessNamespaces> processes;
};

// The CLONE_NEW* of --type; without it all. kInvalidArgument names what is no
// kind.
absl::StatusOr<uint64_t> SelectedKinds(const proto::NsListOptions& options);

// What --type, --task, --persistent and the operands leave. kNotFound names a
// process or namespace that is not there.
absl::StatusOr<ListSelection> Select(const proto::NsListOptions& options,
                                     const Survey& survey, uint64_t kinds);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_LIST_SELECTION_H_
