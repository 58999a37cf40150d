// ns-join: makes a container use another's namespaces.

#include "lib/stage/ns_join.h"

#include "lib/cli/tool.h"
#include "proto/ns_tools.table.h"

namespace cleat {

CLEAT_FILTER(proto::NsJoinOptions, stage::NsJoin);

}  // namespace cleat
