#ifndef CLEAT_LIB_DIFF_RESOLVE_H_
#define CLEAT_LIB_DIFF_RESOLVE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "lib/diff/attributes.h"
#include "lib/diff/directory.h"

namespace cleat::diff {

// A file of a tree.
struct Resolved {
  // Where it really is: "usr/bin/sh" of "/bin/sh". "" is the root.
  std::string path;
  Attributes attributes;
  // The directory that it is in, and its name there: not of a directory.
  absl::optional<Directory> parent;
  Name name;
};

// Finds `path` as a process whose root the tree is would: links lead where
// they lead in it, ".." of the root is the root, the last name is followed,
// too. kNotFound; kFailedPrecondition for what is below a file, and for more
// than 40 links.
absl::StatusOr<Resolved> Resolve(const Stack& stack, absl::string_view path);

}  // namespace cleat::diff

#endif  // CLEAT_LIB_DIFF_RESOLVE_H_
