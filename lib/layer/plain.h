#ifndef CLEAT_LIB_LAYER_PLAIN_H_
#define CLEAT_LIB_LAYER_PLAIN_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// What a layer removes, in a plain tree: OCI image spec, layer.md,
// "Whiteouts". A whiteout is about the layers below; what the layer itself has
// made stays, wherever in the archive the whiteout stands.

namespace cleat::layer {

// The names that one layer has made, and the directories that these are in. By
// their hashes, 8 bytes each: should two names share one, a file that is to go
// stays, which no archive's author can bring about without the process's seed.
class MadeNames {
 public:
  void Add(absl::string_view clean_name);
  bool Has(absl::string_view clean_name) const {
    return hashes_.contains(Hash(clean_name));
  }

 private:
  static uint64_t Hash(absl::string_view name);
  absl::flat_hash_set<uint64_t> hashes_;
};

// Removes what the layers below have at `base` in the open directory `parent`,
// whose clean name is `name`.
absl::Status RemoveLower(int parent, const std::string& base,
                         const std::string& name, const MadeNames& made);

// Removes what the layers below have in the open directory `name`.
absl::Status RemoveLowerIn(int directory, const std::string& name,
                           const MadeNames& made);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_PLAIN_H_
