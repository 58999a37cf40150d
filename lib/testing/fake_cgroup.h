#ifndef CLEAT_LIB_TESTING_FAKE_CGROUP_H_
#define CLEAT_LIB_TESTING_FAKE_CGROUP_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::testing {

// A machine's cgroups as plain files below a temporary directory: what a
// function that takes the root as an argument sees. Files keep what is
// written to them, as the kernel's keep limits; nothing is enforced, and a
// directory made below has no files until AddGroup gives it some.
class FakeCgroup {
 public:
  // A v1 hierarchy of these controllers at /sys/fs/cgroup/<first>; the process
  // is in its group `own`. `options` as in mountinfo: "rw" or "ro".
  void AddV1(const std::vector<std::string>& controllers,
             absl::string_view own = "/", absl::string_view options = "rw");

  // The unified hierarchy at /sys/fs/cgroup<at> with these controllers.
  void AddUnified(absl::string_view controllers, absl::string_view at = "",
                  absl::string_view own = "/",
                  absl::string_view options = "rw");

  // Makes /sys/fs/cgroup/<group> with empty `files`.
  void AddGroup(absl::string_view group,
                const std::vector<std::string>& files = {});

  // The directory that stands for "/".
  const std::string& root() const { return dir_.path(); }

  // The file <file> of group <group> below /sys/fs/cgroup.
  std::string Path(absl::string_view file) const;
  std::string Read(absl::string_view file) const;
  void Write(absl::string_view file, absl::string_view content) const;

 private:
  void AddMount(absl::string_view target, absl::string_view type,
                absl::string_view options, absl::string_view super_options);
  void AddMembership(absl::string_view controllers, absl::string_view own);

  ScopedTempDir dir_;
  std::string mountinfo_;
  std::string memberships_;
  int hierarchies_ = 0;
};

}  // namespace cleat::testing

#endif  // CLEAT_LIB_TESTING_FAKE_CGROUP_H_
