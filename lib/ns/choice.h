#ifndef CLEAT_LIB_NS_CHOICE_H_
#define CLEAT_LIB_NS_CHOICE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/ns/join.h"
#include "lib/ns/source.h"
#include "proto/ns_tools.pb.h"

// Which namespaces a command line means: --all, --net, --net=FILE, ….

namespace cleat::ns {

// What a flag without a value stands for: the target's own.
inline constexpr absl::string_view kOfTarget = "-";

// Opens those that are named, and takes the others from the source: what it
// keeps, else its process's own. With `whole` all are meant where none is
// named. kInvalidArgument when one is to be the target's and there is none.
absl::StatusOr<JoinPlan> Choose(const proto::NamespaceChoice& choice,
                                bool whole, Source& source);

// Adds that of the source: what it keeps, else its process's own. False when
// there is neither.
bool TakeOfSource(const Kind& kind, Source& source, JoinPlan& plan);

// Whether entering the source's changes something. The caller's own user
// namespace cannot be joined again, the others only with rights that an
// ordinary user lacks; joining the mount namespace leads to its root. False
// when the kernel has no such kind.
bool IsWorthEntering(const Kind& kind, const Source& source);

// Opens each of them, those of the target, too. kNotFound when that has ended.
absl::StatusOr<std::vector<OpenedNamespace>> OpenAll(JoinPlan plan,
                                                     const Source& source);

// "--OPTION: whose? …"
absl::Status NoTarget(absl::string_view option);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_CHOICE_H_
