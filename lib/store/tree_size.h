#ifndef CLEAT_LIB_STORE_TREE_SIZE_H_
#define CLEAT_LIB_STORE_TREE_SIZE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace cleat::store {

// The bytes of what lies below a directory, as Docker counts a layer: each
// inode once, files and links by their size, directories not at all (moby:
// pkg/directory). kAborted when a directory is moved meanwhile.
absl::StatusOr<int64_t> TreeSize(const std::string& directory);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_TREE_SIZE_H_
