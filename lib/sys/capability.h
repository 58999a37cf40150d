#ifndef CLEAT_LIB_SYS_CAPABILITY_H_
#define CLEAT_LIB_SYS_CAPABILITY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Capabilities (capabilities(7)) as sets of bits, bit N for capability N.

namespace cleat::sys {

using CapabilitySet = uint64_t;

// The number of "CAP_CHOWN", "chown" or "CHOWN"; kInvalidArgument otherwise.
absl::StatusOr<int> CapabilityNumber(absl::string_view name);

// "CAP_CHOWN"; empty for a number without a name.
absl::string_view CapabilityName(int number);

// All that this kernel knows.
CapabilitySet KnownCapabilities();

struct CapabilitySets {
  CapabilitySet effective = 0;
  CapabilitySet permitted = 0;
  CapabilitySet inheritable = 0;
};

// Those of this process.
CapabilitySets CurrentCapabilities();
inline CapabilitySet EffectiveCapabilities() {
  return CurrentCapabilities().effective;
}

// The functions below are for a child before exec: they allocate nothing and
// return -1 with errno set on failure.

// Removes from the bounding set all that is not in `keep`.
int LimitBoundingSet(CapabilitySet keep);

int SetCapabilities(const CapabilitySets& sets);

// Makes the ambient set exactly `set`, which must be permitted and
// inheritable.
int SetAmbientSet(CapabilitySet set);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_CAPABILITY_H_
