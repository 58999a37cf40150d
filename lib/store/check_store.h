#ifndef CLEAT_LIB_STORE_CHECK_STORE_H_
#define CLEAT_LIB_STORE_CHECK_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/store/leftovers.h"
#include "proto/store.pb.h"

namespace cleat::store {

struct CheckOptions {
  // Cleat's, which are none of what crashes have left.
  ContainerIds containers;
  bool repair = false;
  // Do not read the layers' files.
  bool fast = false;
};

struct CheckResult {
  std::vector<proto::StoreFinding> findings;
  // What was looked at, and what each other directory is: left alone.
  std::vector<std::string> notes;

  // Whether all is well, or well again.
  bool sound() const;
};

// Recomputes ImageIDs, ChainIDs and DiffIDs, compares links, parents and sizes,
// and looks for what crashes have left. What is being changed at the same time
// may be found wrong.
//
// kFailedPrecondition for what is no store of a graph driver, and with `repair`
// while a dockerd runs on it.
absl::StatusOr<CheckResult> CheckStore(const std::string& root,
                                       const CheckOptions& options);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_CHECK_STORE_H_
