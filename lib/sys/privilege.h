#ifndef CLEAT_LIB_SYS_PRIVILEGE_H_
#define CLEAT_LIB_SYS_PRIVILEGE_H_

#include <sys/types.h>

namespace cleat::sys {

// Whether this process is in the machine's first user namespace, the only one
// whose root may do everything (user_namespaces(7)).
bool InFirstUserNamespace();

// Whether this process is root of the tree that it sees, and so has /run and
// /var/lib: root, or root in a container; not an ordinary user who is "root" of
// a user namespace of his own.
bool OwnsTree();

// The effective user as the parent namespace sees him where he is root of a
// user namespace, so that he is the same inside and outside of his own.
uid_t OuterUser();

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_PRIVILEGE_H_
