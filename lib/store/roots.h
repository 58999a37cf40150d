#ifndef CLEAT_LIB_STORE_ROOTS_H_
#define CLEAT_LIB_STORE_ROOTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// The documents that name layers of a store and were written to a file: what
// they name is kept as long as the file is there. In the store
//
//   cleat-roots/HEX   -> the file's absolute path, of whose SHA-256 HEX is

namespace cleat::store {

// Notes that `file` may name layers of the store. A store that cannot be
// written to loses no layers either: that is no error.
absl::Status RecordRoot(const std::string& store, const std::string& file);

// The paths of all such files that exist. Forgets none.
std::vector<std::string> ReadRoots(const std::string& store);

// Forgets those whose file is gone.
void ForgetGoneRoots(const std::string& store);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_ROOTS_H_
