#ifndef CLEAT_LIB_NS_WRITE_ID_MAPS_H_
#define CLEAT_LIB_NS_WRITE_ID_MAPS_H_

#include <sys/types.h>

#include "absl/status/status.h"
#include "lib/ns/id_map.h"

// A user namespace's maps are written once, by whom the kernel allows: a
// process of the parent namespace with CAP_SETUID and CAP_SETGID, or anybody a
// map of his own id alone; else by setuid helpers. user_namespaces(7),
// "Defining user and group ID mappings: writing to uid_map and gid_map".

namespace cleat::ns {

// Whether setgroups(2) works in the namespace: once denied it stays so.
enum class SetGroups { kUnchanged, kAllow, kDeny };

// What is written to a user namespace. An empty map is left unwritten.
struct IdMaps {
  IdMap users;
  IdMap groups;
  SetGroups setgroups = SetGroups::kUnchanged;
};

// Checks both maps against those of the caller's own namespace (CheckIdMap).
absl::Status CheckIdMaps(const IdMaps& maps);

// Writes the maps of the new user namespace of process `pid`, which waits,
// from its parent namespace. A map that the caller may write is written
// directly, any other by newuidmap or newgidmap. A caller without CAP_SETGID
// that writes his own group alone must deny setgroups: kUnchanged does.
absl::Status WriteIdMaps(pid_t pid, const IdMaps& maps);

// Whether a process may write these maps itself after unshare(2), by when it
// has no rights in the parent namespace: nothing but its own ids, and no
// setgroups for groups. lib/ns/user.h does so.
bool AreOwnIds(const IdMaps& maps);

// Writes such maps to the caller's own namespace.
absl::Status WriteOwnIdMaps(const IdMaps& maps);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_WRITE_ID_MAPS_H_
