#ifndef CLEAT_LIB_NS_MAP_HELPER_H_
#define CLEAT_LIB_NS_MAP_HELPER_H_

#include <sys/types.h>

#include "absl/status/status.h"
#include "lib/ns/id_map.h"

namespace cleat::ns {

// Has newuidmap(1) or newgidmap(1) write a map of process `pid`: these are
// setuid programs that give an ordinary user the ids of /etc/subuid and
// /etc/subgid, and his own. The error is what the program said, with what would
// help; kNotFound when it is not installed.
absl::Status RunMapHelper(IdKind kind, pid_t pid, const IdMap& map);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_MAP_HELPER_H_
