#include "lib/runtime/capability_choice.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cleat::runtime {
namespace {

struct Choice {
  bool all = false;
  sys::CapabilitySet set = 0;
};

absl::StatusOr<Choice> Read(
    const google::protobuf::RepeatedPtrField<std::string>& names) {
  Choice choice;
  for (const std::string& name : names) {
    if (absl::EqualsIgnoreCase(name, "ALL")) {
      choice.all = true;
      continue;
    }
    CLEAT_ASSIGN_OR_RETURN(const int number, sys::CapabilityNumber(name));
    choice.set |= sys::CapabilitySet{1} << number;
  }
  return choice;
}

absl::Status CheckAvailable(sys::CapabilitySet added,
                            sys::CapabilitySet available) {
  const sys::CapabilitySet missing = added & ~available;
  if (missing == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("--cap-add ", sys::CapabilityName(__builtin_ctzll(missing)),
                   ": neither the kernel nor the caller has it"));
}

}  // namespace

absl::StatusOr<sys::CapabilitySet> ChooseCapabilities(
    const proto::ProcessSpec& process, sys::CapabilitySet defaults,
    sys::CapabilitySet available) {
  CLEAT_ASSIGN_OR_RETURN(const Choice add, Read(process.cap_add()));
  CLEAT_ASSIGN_OR_RETURN(const Choice drop, Read(process.cap_drop()));
  if (process.privileged()) return available;
  CLEAT_RETURN_IF_ERROR(CheckAvailable(add.set, available));
  if (add.all) return available & ~drop.set;
  if (drop.all) return add.set;
  return (defaults & available & ~drop.set) | add.set;
}

}  // namespace cleat::runtime
