#ifndef CLEAT_LIB_SECCOMP_DEFAULT_PROFILE_H_
#define CLEAT_LIB_SECCOMP_DEFAULT_PROFILE_H_

#include <linux/filter.h>

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sys/capability.h"

// The profile of a container that asks for none: what Docker's lets pass and
// refuses (moby/profiles, seccomp/default.json). default_profile.json is read,
// resolved and compiled when Cleat is built.

namespace cleat::seccomp {

// The JSON.
absl::string_view DefaultProfile();

// The program for a container with this bounding set on this machine. A
// constant for the usual sets, those that the profile does not tell from them
// included; compiled now for the others.
absl::StatusOr<std::vector<sock_filter>> DefaultProgram(
    sys::CapabilitySet capabilities);

}  // namespace cleat::seccomp

#endif  // CLEAT_LIB_SECCOMP_DEFAULT_PROFILE_H_
