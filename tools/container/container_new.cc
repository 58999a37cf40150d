// container-new: a minimal document to start from.

#include "lib/base/status_macros.h"
#include "lib/cli/delivery.h"
#include "lib/cli/tool.h"
#include "proto/lifecycle.table.h"

namespace cleat {
namespace {

// In protobuf's text form, in which people may write comments. Read by
// `container-convert --from=text`.
constexpr char kCommented[] =
    R"(# A container, for: container-convert --from=text | rootfs-run
# The form of the document.
version: 1

# A name that people give; letters, digits, '_', '.' and '-'.
# name: "web"

# Free for users.
# labels { key: "tier" value: "front" }

# The root: directories, top first. (image-get | layer-unpack | overlay-mount
# writes this section for an image.)
# rootfs { spec { lower: "/srv/root" } }

# Limits: 64 MiB of memory, half a CPU, 50 processes.
# cgroup { spec { memory_max_bytes: 67108864 cpu_nanos: 500000000 pids_max: 50 } }

# The program.
# process { spec { args: "/bin/sh" env: "LANG=C.UTF-8" hostname: "web" } }
)";

// The name and labels come from the flags that every filter has.
absl::StatusOr<cli::Outcome> ContainerNew(
    const proto::ContainerNewOptions& options, cli::Document&) {
  cli::Outcome outcome;
  outcome.emit = !options.text();
  if (options.text()) {
    CLEAT_RETURN_IF_ERROR(cli::Deliver(
        kCommented,
        {options.filter().output(), options.filter().if_changed(), false}));
  }
  return outcome;
}

}  // namespace

CLEAT_SOURCE(proto::ContainerNewOptions, ContainerNew);

}  // namespace cleat
