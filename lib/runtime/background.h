#ifndef CLEAT_LIB_RUNTIME_BACKGROUND_H_
#define CLEAT_LIB_RUNTIME_BACKGROUND_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/runtime/container.h"

namespace cleat::runtime {

// What `start` starts goes on without the caller: `start` is called in a
// process of its own, which keeps no stream, session or directory of the
// caller's, with `resources` made for that. It may be Create or Join. Returns
// once the program runs, or with the error that `start` or the program's exec
// had. The caller has one thread.
//
// The process stays as long as the program only where that has a terminal,
// whose other end it holds: what is written there is thrown away.
absl::Status StartInBackground(
    bool terminal, Resources* resources,
    absl::FunctionRef<absl::StatusOr<Container>()> start);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_BACKGROUND_H_
