#ifndef CLEAT_LIB_NS_USER_H_
#define CLEAT_LIB_NS_USER_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "lib/ns/write_id_maps.h"

namespace cleat::ns {

// Who owns a user namespace, in the terms of its parent: who has all rights
// over it from there.
struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
};

// Moves the calling process, which has one thread, into a new user namespace
// with these maps, and then into new namespaces of the CLONE_NEW* flags
// `others`, which the new user namespace owns. The caller has all
// capabilities there, until an exec of a user other than 0; his ids are what
// the maps say, 65534 where they say nothing (he may then take mapped ones
// with setresuid(2)).
//
// A process in a new user namespace has no more rights over its old one, so
// that maps of more than its own ids are written before it goes there: a child
// makes the namespace and holds it meanwhile.
//
// With an `owner` the process becomes that user, in the old namespace, of that
// group alone; the maps are still written by its own rights.
//
// Errors are those of WriteIdMaps and CreationError.
absl::Status EnterUserNamespace(const IdMaps& maps, uint64_t others = 0,
                                absl::optional<Owner> owner = absl::nullopt);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_USER_H_
