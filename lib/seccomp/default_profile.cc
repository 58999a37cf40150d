#include "lib/seccomp/default_profile.h"

#include <iterator>

#include "lib/base/status_macros.h"
#include "lib/seccomp/compile.h"
#include "lib/seccomp/profile.h"

namespace cleat::seccomp {
namespace {

struct Program {
  // Of those that the profile asks for.
  sys::CapabilitySet capabilities;
  const sock_filter* first;
  const sock_filter* last;
};

// kJson, kAskedFor, and kPrograms of the usual sets, by make_default_profile.
#include "lib/seccomp/default_profile.inc"

}  // namespace

absl::string_view DefaultProfile() { return kJson; }

absl::StatusOr<std::vector<sock_filter>> DefaultProgram(
    sys::CapabilitySet capabilities) {
  for (const Program& program : kPrograms) {
    if (program.capabilities == (capabilities & kAskedFor)) {
      return std::vector<sock_filter>(program.first, program.last);
    }
  }
  CLEAT_ASSIGN_OR_RETURN(const proto::oci::Seccomp profile,
                         ParseProfile(kJson));
  CLEAT_ASSIGN_OR_RETURN(const Target target, ThisMachine(capabilities));
  CLEAT_ASSIGN_OR_RETURN(const Filter filter, Resolve(profile, target));
  return Compile(filter);
}

}  // namespace cleat::seccomp
