#ifndef CLEAT_LIB_RUNTIME_SPEC_BUILDER_H_
#define CLEAT_LIB_RUNTIME_SPEC_BUILDER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/image.pb.h"
#include "proto/oci_runtime.pb.h"
#include "proto/process.pb.h"
#include "proto/rootfs.pb.h"

namespace cleat::runtime {

// What a document says of a run, section by section, and what its id is.
struct SpecSources {
  std::string id;
  proto::ImageConfig image;
  proto::ProcessSpec process;
  proto::RootfsSpec rootfs;
  // Replace the image's command but not its entrypoint (`--args`).
  std::vector<std::string> args;
};

// The argv: the process's own, else the image's entrypoint with `args` or its
// command. kInvalidArgument when there is none.
absl::StatusOr<std::vector<std::string>> ProgramOf(const SpecSources& sources);

// Translates them into an OCI runtime spec on top of DefaultSpec. The user is
// looked up in the file system whose root directory is `root`. Where several
// say the same, the process section wins over the image, and both over the
// default. Errors are of ResolveUser, BuildEnv, ApplySecurity and
// ChooseCapabilities, and kInvalidArgument, which names the field.
absl::StatusOr<proto::oci::Spec> BuildSpec(const SpecSources& sources,
                                           int root);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_SPEC_BUILDER_H_
