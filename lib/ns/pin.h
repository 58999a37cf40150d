#ifndef CLEAT_LIB_NS_PIN_H_
#define CLEAT_LIB_NS_PIN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/ns/join.h"

// Namespaces kept alive without a process in them (lib/ns/pin_files.h).

namespace cleat::ns {

enum class PinBy {
  // Bind mounts; where the right to mount is missing, a process.
  kMount,
  kProcess,
};

// Keeps them under a name ([a-zA-Z0-9][a-zA-Z0-9_.-]*); the paths at which they
// can be opened. kAlreadyExists when the name is taken.
absl::StatusOr<std::vector<std::string>> MakePin(
    const std::string& root, const std::string& name,
    const std::vector<OpenedNamespace>& namespaces, PinBy by);

// Keeps one at a file, which is made where it is missing, by a bind mount.
absl::Status MakePinAt(const std::string& file, const OpenedNamespace& one);

// Undoes either: `what` is a file when it has a '/'. kNotFound when there is
// no such pin; a file that is no bind mount of a namespace is left alone
// (kFailedPrecondition).
absl::Status ReleasePin(const std::string& root, const std::string& what);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_PIN_H_
