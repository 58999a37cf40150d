#ifndef CLEAT_LIB_NS_HOLD_OPEN_H_
#define CLEAT_LIB_NS_HOLD_OPEN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/container.pb.h"

namespace cleat::ns {

// A process that does nothing but hold these descriptors open.
struct HoldingProcess {
  proto::ProcessId id;
  // Where they are: "/proc/PID/fd/3", in the order given.
  std::vector<std::string> paths;
};

// Starts one, with a session of its own and nothing else of the caller's, so
// that it outlives the terminal and lets pipes end. It ends by any signal; ps
// calls it `name`. The caller has one thread.
absl::StatusOr<HoldingProcess> HoldOpen(const std::vector<int>& fds,
                                        const char* name);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_HOLD_OPEN_H_
