#ifndef CLEAT_LIB_DIFF_DIRECTORY_H_
#define CLEAT_LIB_DIFF_DIRECTORY_H_

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/layer/form.h"
#include "lib/sys/fd.h"

// A stack of layers' directories seen as one tree, as overlayfs would mount it
// and without mounting it: Documentation/filesystems/overlayfs.rst.

namespace cleat::diff {

// What is looked at: layers' directories, top first. Of one layer alone all
// that it says can be seen, its whiteouts and opaque directories, too: `raw`.
struct Stack {
  std::vector<std::string> layers;
  layer::Form form = {};
  bool raw = false;
};

// A name in a directory of the tree.
struct Name {
  std::string text;
  // The number, from the top, of the layer's directory that has it.
  size_t part = 0;
  // Deletes this name of the layers below: in raw trees only.
  bool whiteout = false;
};

// A directory of the tree: the layers' directories that are seen in it.
class Directory {
 public:
  static absl::StatusOr<Directory> OpenRoot(const Stack& stack);

  // What is in it, sorted by its bytes.
  absl::StatusOr<std::vector<Name>> List() const;

  // The directory `name` in it. What is mounted there is empty.
  absl::StatusOr<Directory> Child(const Name& name) const;

  // The descriptor of the layer's directory that has the name; and of the top
  // one, which has the directory's own attributes.
  int fd(const Name& name) const { return parts_[name.part].fd.get(); }
  int fd() const { return parts_[0].fd.get(); }
  const layer::Form& form() const { return form_; }

  // Whether the top layer hides what the others have here.
  bool opaque() const { return parts_[0].opaque; }

  // Whether the same layers' directories are seen in both; and whether that is
  // so from those on that have a name: it is the same file, or directory.
  bool IsSame(const Directory& other) const { return IsSameFrom(0, other, 0); }
  bool IsSame(const Name& name, const Directory& other,
              const Name& others_name) const {
    return IsSameFrom(name.part, other, others_name.part);
  }

 private:
  struct Part {
    sys::Fd fd;
    dev_t device = 0;
    ino_t inode = 0;
    bool opaque = false;
    // Files in it may be whiteouts by an attribute.
    bool has_xattr_whiteouts = false;
    // Another file system than the layer's: somebody has mounted it.
    bool foreign = false;
  };

  Directory(const layer::Form& form, bool raw) : form_(form), raw_(raw) {}

  bool IsSameFrom(size_t part, const Directory& other,
                  size_t others_part) const;
  absl::StatusOr<Part> Describe(sys::Fd fd) const;
  absl::Status ListPart(size_t number, std::vector<Name>* names) const;
  absl::StatusOr<bool> IsWhiteout(const Part& part, const char* name,
                                  unsigned char type) const;

  layer::Form form_;
  bool raw_;
  std::vector<Part> parts_;
};

}  // namespace cleat::diff

#endif  // CLEAT_LIB_DIFF_DIRECTORY_H_
