#include "lib/digest/chain_id.h"

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"

namespace cleat::digest {

std::string ChainId(absl::string_view parent, absl::string_view diff_id) {
  if (parent.empty()) return std::string(diff_id);
  return Sha256Of(absl::StrCat(parent, " ", diff_id));
}

}  // namespace cleat::digest
