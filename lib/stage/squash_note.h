#ifndef CLEAT_LIB_STAGE_SQUASH_NOTE_H_
#define CLEAT_LIB_STAGE_SQUASH_NOTE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace cleat::stage {

// Calls `fill`, which may make the store at `store`. Where it did, and all
// files in it will have one owner, a line on standard error says so, why, and
// what would help: once for a store.
absl::Status NoteSquashing(const std::string& store,
                           absl::FunctionRef<absl::Status()> fill);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_SQUASH_NOTE_H_
