#ifndef CLEAT_LIB_MOUNT_OPTIONS_H_
#define CLEAT_LIB_MOUNT_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::mount {

// What a list of mount options, as mount(8) and the OCI runtime spec
// (config.md, "Linux mount options") write it, asks of the kernel.
struct Options {
  // MOUNT_ATTR_* that are set and cleared, on the mount alone and on all
  // below it ("rro").
  uint64_t set = 0;
  uint64_t clear = 0;
  uint64_t recursive_set = 0;
  uint64_t recursive_clear = 0;
  // "bind" and "rbind".
  bool bind = false;
  bool recursive_bind = false;
  // "idmap" and "ridmap" (lib/mount/idmapped.h).
  bool idmap = false;
  bool recursive_idmap = false;
  // MS_PRIVATE, MS_SHARED, MS_SLAVE or MS_UNBINDABLE, perhaps with MS_REC; 0
  // for none.
  uint64_t propagation = 0;
  // The file system's own options; a flag has an empty value.
  struct Parameter {
    std::string key;
    std::string value;
    bool is_flag = false;
  };
  std::vector<Parameter> parameters;
};

// Later options win over earlier ones. A file system's own options are not
// judged here; kInvalidArgument only for an empty one.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& options);

}  // namespace cleat::mount

#endif  // CLEAT_LIB_MOUNT_OPTIONS_H_
