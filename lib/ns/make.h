#ifndef CLEAT_LIB_NS_MAKE_H_
#define CLEAT_LIB_NS_MAKE_H_

#include "absl/status/status.h"
#include "lib/ns/request.h"

// New namespaces for the calling process, which has one thread. Each kind has
// two parts: what is done outside it and what is done inside it. Between the
// two a process may fork, for a new PID namespace is that of its children, and
// a new time namespace, too.
//
//   CLEAT_RETURN_IF_ERROR(ns::Make(request));
//   if (fork() == 0) { … ns::SetUp(request) … }

namespace cleat::ns {

// Makes all namespaces and does what is done outside them: the id maps of the
// user namespace, the offsets of the time namespace. The user namespace owns
// the others. Errors say what would help.
absl::Status Make(const Request& request);

// What is done inside: names, devices, mounts, the root.
absl::Status SetUp(const Request& request);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_MAKE_H_
