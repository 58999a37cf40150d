#ifndef CLEAT_LIB_LAYER_REPACK_H_
#define CLEAT_LIB_LAYER_REPACK_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/diff/directory.h"
#include "lib/layer/form.h"
#include "lib/layer/pack.h"

namespace cleat::layer {

// The layer that a tree becomes.
struct Repacked {
  // Of its archive, which is nowhere.
  std::string diff_id;
  int64_t archive_size = 0;
  // As Unpacked has it.
  int64_t content_size = 0;
};

// Packs (lib/layer/pack.h) what `after` has that `before` has not and unpacks
// it in the same pass, while a second thread reads the trees: into the empty
// `directory` (borrowed) in overlayfs form, with Docker's tar-split.json.gz in
// the new file `tar_split`. After an error what was unpacked must be thrown
// away.
absl::StatusOr<Repacked> Repack(const diff::Stack& before,
                                const diff::Stack& after,
                                const PackOptions& options, int directory,
                                const Form& form, const std::string& tar_split);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_REPACK_H_
