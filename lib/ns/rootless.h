#ifndef CLEAT_LIB_NS_ROOTLESS_H_
#define CLEAT_LIB_NS_ROOTLESS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/ns/write_id_maps.h"

// How a process that is not root works on what belongs to many users: a
// container's files and processes.

namespace cleat::ns {

enum class Rights {
  // Root of the machine: all ids are what they are.
  kRoot,
  // Root of a user namespace, of whose ids it may do anything.
  kMapped,
  // Must enter a user namespace first.
  kOrdinary,
};

// What this process may do now.
Rights RightsHere();

struct OwnMaps {
  IdMaps maps;
  // Why there is but one id, with what would help; empty when there are more.
  std::string squashed;
};

// The maps that an ordinary user's containers have: himself as root, and his
// subordinate ids (subuid(5)) from 1 on. Without such ids, or where the setuid
// helpers cannot give them, himself alone. A process that may set ids anyway
// has all that its own namespace has.
absl::StatusOr<OwnMaps> FindOwnMaps();

// Gives this process, which has one thread, the rights to work on the ids of
// `maps`: it enters a user namespace that has them, and a mount namespace of
// its own, unless it has such rights already.
absl::Status BecomeRoot(const IdMaps& maps);

// As sys::RemoveTree, also of what belongs to the user's subordinate ids or
// bars its owner: then a child with the rights over them does it. The caller
// has one thread.
absl::Status RemoveTree(const std::string& path);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_ROOTLESS_H_
