#ifndef CLEAT_LIB_STAGE_RUN_SECTIONS_H_
#define CLEAT_LIB_STAGE_RUN_SECTIONS_H_

#include "absl/status/status.h"
#include "lib/cli/document.h"
#include "lib/ns/join.h"
#include "lib/ns/write_id_maps.h"
#include "lib/runtime/spec_builder.h"
#include "proto/cgroup.pb.h"
#include "proto/mounts.pb.h"
#include "proto/namespaces.pb.h"
#include "proto/network.pb.h"
#include "proto/process.pb.h"
#include "proto/rootfs.pb.h"

namespace cleat::stage {

// All of a document that a run needs, and what the run adds to it.
struct Run {
  Run(const proto::RootfsRunOptions& options, cli::Document& document)
      : options(options), document(document) {}

  const proto::RootfsRunOptions& options;
  cli::Document& document;
  journal::Instance* instance = nullptr;
  proto::Rootfs rootfs;
  proto::Mounts mounts;
  proto::Namespaces namespaces;
  proto::Network network;
  proto::Cgroup cgroup;
  proto::Process process;
  runtime::SpecSources sources;
  // Of a user namespace of the container's own (run_userns.h); else empty.
  ns::IdMaps id_maps;
  // Namespaces of others that it uses, and whether this process has gone to
  // the user namespace among them (run_namespaces.h).
  std::vector<ns::OpenedNamespace> joined;
  bool in_joined_user_namespace = false;
};

// Reads the sections and lays the options over them. kFailedPrecondition when
// a section is missing or the container runs already.
absl::Status ReadSections(Run& run);

// Sets the sections that the run has changed.
void WriteSections(Run& run);

// A step of the journal, of this tool's.
proto::Step NewStep();

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_RUN_SECTIONS_H_
