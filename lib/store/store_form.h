#ifndef CLEAT_LIB_STORE_STORE_FORM_H_
#define CLEAT_LIB_STORE_STORE_FORM_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// In which form a store holds its layers. The same layer is written in two
// ways: root marks deleted and opaque directories with `trusted.overlay.…`
// extended attributes, an ordinary user with `user.overlay.…` and with owners
// mapped by his id map. A layer mounted in the other form would silently bring
// deleted files back, so the form is recorded in a file of its own at the
// store's top and every use is checked against it.
//
//   cleat-store   {"xattrs":"trusted"}
//                 {"xattrs":"user","idMap":"0 1000 1,1 100000 65535",
//                  "gidMap":"0 100 1,1 100000 65535"}
//
// A store without the file is empty, or dockerd's, which is "trusted".

namespace cleat::store {

struct StoreForm {
  // "trusted" or "user".
  std::string xattrs = "trusted";
  // The lines of /proc/PID/uid_map, joined by commas; empty for none.
  std::string id_map;
  // The same of gid_map; empty: as id_map.
  std::string gid_map;

  // Whether all files belong to one id, the only one of the map, and their
  // owners are kept in an attribute (lib/layer/owner_xattr.h).
  bool squashed() const;

  bool operator==(const StoreForm& other) const {
    return xattrs == other.xattrs && id_map == other.id_map &&
           gid_map == other.gid_map;
  }
};

// The name of the file below the store's top.
inline constexpr absl::string_view kStoreFormFile = "cleat-store";

// Reads the form of the store at `root`. kInvalidArgument for a file that says
// something else.
absl::StatusOr<StoreForm> ReadStoreForm(const std::string& root);

// kFailedPrecondition, saying what the store holds, unless it is empty or in
// the form `wanted`.
absl::Status CheckStoreForm(const std::string& root, const StoreForm& wanted);

// Records the form of a new store; leaves an existing file alone.
absl::Status RecordStoreForm(const std::string& root, const StoreForm& form);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_STORE_FORM_H_
