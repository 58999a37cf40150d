#ifndef CLEAT_LIB_STAGE_NAMESPACE_SOURCE_H_
#define CLEAT_LIB_STAGE_NAMESPACE_SOURCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/journal/instance.h"
#include "lib/ns/source.h"
#include "lib/pb/table.h"
#include "proto/ns_tools.pb.h"

namespace cleat::stage {

// The process, container or pin that a command line names as the target; empty
// when it names none. kInvalidArgument when it names several.
absl::StatusOr<ns::Source> NamespaceSource(
    const pb::Tool& tool, const proto::NamespaceTarget& target);

// That of a container: as lib/ns/source.h has it, by its current document.
absl::StatusOr<ns::Source> NamespaceSourceOf(const journal::Instance& instance);

// That of a pin of this machine.
absl::StatusOr<ns::Source> NamespaceSourceOfPin(const std::string& name);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_NAMESPACE_SOURCE_H_
