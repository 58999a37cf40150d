#ifndef CLEAT_LIB_STAGE_RUN_EFFECTS_H_
#define CLEAT_LIB_STAGE_RUN_EFFECTS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/stage/run_sections.h"
#include "lib/sys/fd.h"
#include "proto/oci_runtime.pb.h"

// What a run makes on the machine before its process: each effect is recorded
// in the journal first.

namespace cleat::stage {

// The rights to work on the ids that the container's files have: from here on
// an ordinary user's process is root of a user namespace.
absl::Status TakeRights(const Run& run);

// The upper directory of the root, where it takes one.
absl::Status MakeUpper(Run& run);

// The groups of limits that were described only: by a template, or with
// --defer. Without limits, the one that keeps the container from devices. What
// a process need not be born in is left to CompleteCgroup; true where that has
// groups to make.
absl::StatusOr<bool> BeginCgroup(Run& run);

// Makes what BeginCgroup left, where that returned true (`begun`), and lets the
// container's group use the devices that its spec allows.
absl::Status CompleteCgroup(const Run& run, bool begun,
                            const proto::oci::Spec& spec);

// The root, mounted nowhere.
absl::StatusOr<sys::Fd> MountRoot(const Run& run);

// Enters a process, a child of this one, into the journal.
absl::Status RecordChild(const Run& run, pid_t pid, proto::ProcessId* id);
absl::Status RecordProcess(const Run& run, const proto::ProcessId& id);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_RUN_EFFECTS_H_
