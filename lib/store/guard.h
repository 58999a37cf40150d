#ifndef CLEAT_LIB_STORE_GUARD_H_
#define CLEAT_LIB_STORE_GUARD_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

namespace cleat::store {

// To be held while a store is changed. A dockerd keeps repositories.json in
// memory, and its next tag would erase ours: kFailedPrecondition while one runs
// on this data root, which shows in its exclusive flock on volumes/metadata.db
// (moby: volume/service/db.go, by bbolt's file lock). One that is started
// meanwhile finds it locked and says so. A store without that file, which no
// dockerd has used, gives an invalid descriptor.
absl::StatusOr<sys::Fd> GuardWriting(const std::string& root);

// Whether what lies at `root` keeps its images as Docker's graph drivers do, or
// is none yet: kFailedPrecondition, with what would help, for containerd's,
// Docker's on containerd, and podman's stores. To be asked where no image is
// found.
absl::Status CheckLayout(const std::string& root);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_GUARD_H_
