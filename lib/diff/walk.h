#ifndef CLEAT_LIB_DIFF_WALK_H_
#define CLEAT_LIB_DIFF_WALK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "lib/diff/attributes.h"
#include "lib/diff/directory.h"

// What has become of one tree in another: the one way in which Cleat compares
// trees, for people (layer-diff, image-diff) and for layers (layer-pack).

namespace cleat::diff {

// docker diff's letters.
enum class Kind : char { kAdded = 'A', kChanged = 'C', kDeleted = 'D' };

struct Change {
  Kind kind = Kind::kAdded;
  // Below the root, "etc/passwd"; "" is the root itself.
  std::string path;
  // Bits of Difference, of what was changed.
  uint32_t differs = 0;
  // nullptr where there is none: before what was added, after what was deleted.
  const Attributes* before = nullptr;
  const Attributes* after = nullptr;
  // Where it is now: a directory (borrowed) and a name in it.
  int parent = -1;
  const char* base = nullptr;
  // Of a raw tree's directory: hides what the layers below have in it.
  bool opaque = false;
};

struct WalkOptions {
  // Paths ("etc/hosts") that are of neither tree, with all that is in them. A
  // directory that differs only in its time from one of them having been made
  // in it does not differ.
  std::vector<std::string> without;
  // Bits of Difference that do not count.
  uint32_t ignored = 0;
};

using Visit = absl::FunctionRef<absl::Status(const Change&)>;

// Compares the trees, and calls `visit` for each difference: sorted by name, a
// directory before what is in it. What is in a new directory is new; of what
// is in a deleted one nothing is said. A directory in which something differs
// is changed, by kEntries if by nothing else: so a layer of the changes has
// each directory that it goes through.
//
// A stack without layers is an empty tree, in which all, the root too, is new.
// What both stacks have from the same layer is not looked at: to compare a
// container's upper directory upon its image costs what is in that directory.
//
// Content is read where nothing else decides. Errors name the path; they are
// those of ReadAttributes and of reading, and visit's own as they are.
//
// Memory: the names of the directories on the way down. Depth is bounded by
// the descriptors that this process may have, two for each level.
absl::Status Walk(const Stack& before, const Stack& after,
                  const WalkOptions& options, Visit visit);

}  // namespace cleat::diff

#endif  // CLEAT_LIB_DIFF_WALK_H_
