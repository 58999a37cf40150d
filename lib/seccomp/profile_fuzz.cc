// Profiles come from whoever gives --security-opt: whatever is in one, it is
// refused or makes a program that the kernel takes.

#include <stdlib.h>

#include "lib/seccomp/compile.h"
#include "lib/seccomp/interpreter.h"
#include "lib/seccomp/profile.h"

namespace {

void Check(absl::string_view text) {
  const auto profile = cleat::seccomp::ParseProfile(text);
  if (!profile.ok()) return;
  const cleat::seccomp::Target target;
  const auto filter = cleat::seccomp::Resolve(*profile, target);
  if (!filter.ok()) return;
  const auto program = cleat::seccomp::Compile(*filter);
  if (program.ok() && !cleat::seccomp::IsValid(*program)) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
