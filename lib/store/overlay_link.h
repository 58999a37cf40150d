#ifndef CLEAT_LIB_STORE_OVERLAY_LINK_H_
#define CLEAT_LIB_STORE_OVERLAY_LINK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/store/paths.h"

// overlay2's short names of layers, 26 characters of base32, because mount(2)
// takes one page of options (moby: daemon/graphdriver/overlay2/overlay.go,
// randomid.go). For a layer's directory CACHE they are in
//
//   CACHE/link     its own
//   CACHE/lower    those of its parents, nearest first: "l/LINK:l/LINK"
//   l/LINK         -> ../CACHE/diff

namespace cleat::store {

std::string NewLink();
bool IsLink(absl::string_view name);

// What CACHE/link says in the directory `layer`; empty when it is missing or
// no short name.
std::string ReadLink(const std::string& layer);

// The `lower` of a layer upon `parent` (a ChainID). kNotFound when the store
// lacks the parent, kDataLoss when that has no short name.
absl::StatusOr<std::string> LowerAbove(const Paths& paths,
                                       absl::string_view parent);

// Where l/LINK leads; empty when it is none.
std::string LinkTarget(const Paths& paths, const std::string& link);

absl::Status MakeLink(const Paths& paths, const std::string& link,
                      absl::string_view cache_id);

// Removes the link to a layer's directory, where there is one.
void RemoveLink(const Paths& paths, const std::string& layer);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_OVERLAY_LINK_H_
