// cgset: gives a container a cgroup with limits, or changes those it has.

#include "lib/stage/cgset.h"

#include "lib/cli/tool.h"
#include "proto/cgroup.table.h"

namespace cleat {

CLEAT_FILTER(proto::CgsetOptions, stage::Cgset);

}  // namespace cleat
