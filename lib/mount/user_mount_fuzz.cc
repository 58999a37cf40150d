#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/mount/user_mount.h"

// The input is taken as the value of each flag. What is accepted has a target
// within the container and the source that its type needs.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using cleat::mount::UserMount;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* flag : {"mount=", "volume=", "tmpfs="}) {
    const auto mount = cleat::mount::ParseUserMount(absl::StrCat(flag, text));
    if (!mount.ok()) continue;
    const std::string inside = absl::StrCat(mount->target, "/");
    if (inside[0] != '/' || inside == "/" || absl::StrContains(inside, "//") ||
        absl::StrContains(inside, "/../") || absl::StrContains(inside, "/./")) {
      __builtin_trap();
    }
    if (mount->type == UserMount::Type::kBind && mount->source.empty()) {
      __builtin_trap();
    }
  }
  return 0;
}
