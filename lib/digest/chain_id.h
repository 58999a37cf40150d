#ifndef CLEAT_LIB_DIGEST_CHAIN_ID_H_
#define CLEAT_LIB_DIGEST_CHAIN_ID_H_

#include <string>

#include "absl/strings/string_view.h"

namespace cleat::digest {

// The ChainID of a layer (OCI image spec, config.md, "Layer ChainID"): names
// it together with all that lie below it. `parent` is the ChainID of the layer
// below; empty for the bottom one, whose ChainID is its DiffID.
std::string ChainId(absl::string_view parent, absl::string_view diff_id);

}  // namespace cleat::digest

#endif  // CLEAT_LIB_DIGEST_CHAIN_ID_H_
