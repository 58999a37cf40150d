#ifndef CLEAT_LIB_COPY_TREE_WRITER_H_
#define CLEAT_LIB_COPY_TREE_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/copy/place.h"
#include "lib/copy/stream.h"
#include "lib/sys/fd.h"

namespace cleat::copy {

struct Owner {
  uint32_t uid = 0;
  uint32_t gid = 0;
};

struct WriteOptions {
  // Whose all files become, as the host numbers them; none: each entry's own,
  // in the side's ids.
  absl::optional<Owner> owner;
  // Leave out what gives rights on the host: setuid and setgid bits and file
  // capabilities; devices are refused.
  bool harmless = false;
};

// Makes files in a directory. A file, link or device replaces what is there of
// its name, whole and at once; a directory is never replaced, and replaces
// nothing (both kFailedPrecondition), as with docker cp. Nothing is made
// outside of the directory: names and hard links are taken below it, and no
// link leads out of it. Directories get their attributes when they are
// complete. Memory grows with the depth only.
class TreeWriter {
 public:
  // Borrows `side` and `directory`, which may be the side's root itself.
  TreeWriter(const Side& side, int directory, WriteOptions options);

  absl::Status Add(const tar::Entry& entry, Data& data);
  absl::Status Finish();

 private:
  absl::Status AddAny(const tar::Entry& entry, Data& data);
  absl::Status AddDirectory(int parent, const std::string& base,
                            const tar::Entry& entry);
  absl::Status AddFile(int parent, const std::string& base,
                       const tar::Entry& entry, Data& data);
  absl::Status AddHardLink(int parent, const std::string& base,
                           const tar::Entry& entry);
  absl::Status AddOther(int parent, const std::string& base,
                        const tar::Entry& entry);
  absl::StatusOr<sys::Fd> OpenBelow(const std::string& name, int flags) const;
  // The directory of this name, made with its parents where it is missing.
  absl::StatusOr<sys::Fd> OpenParent(const std::string& name);
  absl::StatusOr<tar::Entry> Adapt(const tar::Entry& entry) const;
  // Sets attributes of the directories that `name` does not lie in.
  absl::Status Leave(const std::string& name);

  const Side& side_;
  int directory_;
  WriteOptions options_;
  uint64_t resolve_;
  std::vector<tar::Entry> entered_;
};

}  // namespace cleat::copy

#endif  // CLEAT_LIB_COPY_TREE_WRITER_H_
