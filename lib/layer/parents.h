#ifndef CLEAT_LIB_LAYER_PARENTS_H_
#define CLEAT_LIB_LAYER_PARENTS_H_

#include <array>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/layer/form.h"
#include "lib/sys/fd.h"

namespace cleat::layer {

// Opens the directories that entries lie in. All is resolved by the kernel as
// if the root were "/" (openat2, RESOLVE_IN_ROOT): a link in the path leads to
// where it would lead in the container, and never out. Entries come sorted by
// directory, so a handful of open ones saves nearly all resolving.
class Parents {
 public:
  // Calls `implied` with the name of each directory that had to be made, and
  // borrows `root`.
  Parents(int root, const Form& form,
          std::function<absl::Status(const std::string&)> implied)
      : root_(root), form_(form), implied_(std::move(implied)) {}

  // The directory `name` (clean; "" is the root), made with mode 0755 where it
  // is missing. The descriptor stays valid until the next call but one.
  // kInvalidArgument when something in the path is no directory.
  absl::StatusOr<int> Open(absl::string_view name);

  // The same, for a directory that must exist: kNotFound.
  absl::StatusOr<int> OpenExisting(absl::string_view name);

  // To be called when something in the open directory `keep` was removed:
  // other open ones may be gone with it.
  void Forget(int keep);

 private:
  struct Cached {
    std::string name;
    sys::Fd fd;
  };

  absl::StatusOr<sys::Fd> Resolve(const std::string& name) const;
  absl::StatusOr<sys::Fd> Make(const std::string& name);
  absl::Status MakeOne(int parent, const std::string& base,
                       const std::string& name);
  // -1 for none.
  int FindCached(absl::string_view name);
  int Keep(std::string name, sys::Fd fd);

  int root_;
  Form form_;
  std::function<absl::Status(const std::string&)> implied_;
  std::array<Cached, 8> cache_;
  size_t next_ = 0;
  // The slot that was used last: it is not the next to go.
  size_t last_ = 0;
};

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_PARENTS_H_
