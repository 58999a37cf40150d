#ifndef CLEAT_LIB_NS_LIST_TREE_H_
#define CLEAT_LIB_NS_LIST_TREE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lib/ns/survey.h"

namespace cleat::ns {

// A namespace in the order in which it is printed, with what is drawn before
// it: "├─", "│ └─", or nothing.
struct ListLine {
  const Namespace* found = nullptr;
  std::string branch;
};

// Each below the one of the inode number that `parent_of` tells, where that is
// among `chosen`, in their order. Every one is there once, whatever `parent_of`
// says: where parents go round in a circle it is cut.
std::vector<ListLine> MakeTree(
    const std::vector<const Namespace*>& chosen,
    absl::FunctionRef<uint64_t(const Namespace&)> parent_of);

// The tree by `relation`: "pid" and "user" have the namespaces of that kind by
// their parents, "parent" all, "owner" all by the user namespaces that own
// them, "process" all by those of the same kind of the processes' parents.
// kInvalidArgument for another word.
absl::StatusOr<std::vector<ListLine>> MakeTreeBy(
    const std::string& relation, const Survey& survey,
    const std::vector<const Namespace*>& chosen,
    const std::string& proc = "/proc");

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_LIST_TREE_H_
