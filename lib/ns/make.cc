#include "lib/ns/make.h"

#include <sched.h>

#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/mount.h"
#include "lib/ns/net.h"
#include "lib/ns/time.h"
#include "lib/ns/unshare.h"
#include "lib/ns/user.h"
#include "lib/ns/uts.h"
#include "lib/sys/errno.h"

namespace cleat::ns {
namespace {

absl::Status SetTime(const Request& request) {
  return SetTimeOffsets(request.offsets);
}

absl::Status NameHost(const Request& request) {
  if (SetNames(request.hostname, request.domainname) == 0) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("set host name ", request.hostname, " ",
                         request.domainname);
}

absl::Status StartNet(const Request& request) {
  if (!request.loopback) return absl::OkStatus();
  const trace::Span span("start", "lo");
  if (StartLoopback() == 0) return absl::OkStatus();
  return sys::ErrnoError("start lo");
}

// The user namespace is made with its maps, for only then does it give rights
// over the others.
absl::Status Enter(const Request& request) {
  const uint64_t others = request.flags & ~uint64_t{CLONE_NEWUSER};
  if (others == request.flags) return Unshare(others);
  return EnterUserNamespace(request.maps, others, request.owner);
}

using Part = absl::Status (*)(const Request& request);

// Of the kinds that have something to be done beside Enter and SetUpMounts,
// which comes last, for it may change the root. Those of PIDs, IPC and cgroups
// need nothing but a process in them.
struct KindParts {
  uint64_t flag;
  Part outside;
  Part inside;
};
constexpr KindParts kParts[] = {
    {CLONE_NEWTIME, SetTime, nullptr},
    {CLONE_NEWUTS, nullptr, NameHost},
    {CLONE_NEWNET, nullptr, StartNet},
};

}  // namespace

absl::Status Make(const Request& request) {
  CLEAT_RETURN_IF_ERROR(Enter(request));
  for (const KindParts& parts : kParts) {
    if ((request.flags & parts.flag) == 0 || parts.outside == nullptr) continue;
    CLEAT_RETURN_IF_ERROR(parts.outside(request));
  }
  return absl::OkStatus();
}

absl::Status SetUp(const Request& request) {
  for (const KindParts& parts : kParts) {
    if ((request.flags & parts.flag) == 0 || parts.inside == nullptr) continue;
    CLEAT_RETURN_IF_ERROR(parts.inside(request));
  }
  return SetUpMounts(request);
}

}  // namespace cleat::ns
