#ifndef CLEAT_LIB_COPY_PLACE_H_
#define CLEAT_LIB_COPY_PLACE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/procfs/id_map.h"
#include "lib/sys/fd.h"

// Where a copy begins and ends: paths of the host, and paths of a container,
// which never lead out of its root whatever links the container makes while
// they are followed (CVE-2018-15664).

namespace cleat::copy {

// One side of a copy.
struct Side {
  // The container's root; invalid: the host, with the caller's directory.
  sys::Fd root;
  // The container's ids, as its processes have them and as the host does;
  // empty where they are the same.
  std::vector<procfs::IdRange> uids;
  std::vector<procfs::IdRange> gids;

  bool is_container() const { return root.valid(); }
};

// A path as docker cp reads it.
struct Path {
  // Without slashes and "/." at its end; "" is the side's root.
  std::string text;
  // It ended in "/" or "/.": only a directory will do.
  bool directory = false;
  // It ended in "/.": what is in the directory is meant, not the directory.
  bool contents = false;
};
Path ParsePath(absl::string_view text);

// kSpecial is a device, a FIFO or a socket.
enum class Kind { kAbsent, kDirectory, kSpecial, kOther };

// A name in an open directory, and what is there now. The name is "" where the
// directory itself is meant.
struct Place {
  sys::Fd parent;
  std::string base;
  Kind kind = Kind::kAbsent;
};

// Finds what is at the path. A symbolic link at its end is followed, within
// the side, when `follow` or when a directory is asked for. kNotFound when the
// directory that it would be in is absent, kFailedPrecondition (ENOTDIR) when
// a directory is asked for and it is none.
absl::StatusOr<Place> FindPlace(const Side& side, const Path& path,
                                bool follow);

// Opens the directory that a place is, for use as a place.
absl::StatusOr<sys::Fd> OpenDirectory(const Place& place);

// kFailedPrecondition when the directory is one of the kernel's own files:
// procfs, sysfs, cgroupfs. What is written there acts, what is read there has
// no size; neither is copied. `name` is for the message.
absl::Status CheckNoKernelFile(int directory, absl::string_view name);
// Whether it is one, or a file system in memory.
bool IsNoStorage(int directory);

}  // namespace cleat::copy

#endif  // CLEAT_LIB_COPY_PLACE_H_
