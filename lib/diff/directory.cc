#include "lib/diff/directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/layer/overlay.h"
#include "lib/sys/dir.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::diff {
namespace {

constexpr int kOpenFlags =
    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

const char* OpaqueXattr(const layer::Form& form) {
  return form.user_xattrs ? "user.overlay.opaque" : "trusted.overlay.opaque";
}

const char* WhiteoutXattr(const layer::Form& form) {
  return form.user_xattrs ? "user.overlay.whiteout"
                          : "trusted.overlay.whiteout";
}

// A description of its own: readdir moves the offset.
absl::StatusOr<sys::Dir> OpenToList(int directory) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::OpenAt(directory, ".", O_RDONLY | O_DIRECTORY));
  return sys::ReadDirectory(std::move(fd), "to be listed");
}

}  // namespace

absl::StatusOr<Directory::Part> Directory::Describe(sys::Fd fd) const {
  Part part;
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return sys::ErrnoError("stat");
  part.device = info.st_dev;
  part.inode = info.st_ino;
  char word = 0;
  if (fgetxattr(fd.get(), OpaqueXattr(form_), &word, 1) == 1) {
    part.opaque = word == 'y';
    part.has_xattr_whiteouts = word == 'x';
  }
  part.fd = std::move(fd);
  return part;
}

absl::StatusOr<Directory> Directory::OpenRoot(const Stack& stack) {
  Directory root(stack.form, stack.raw);
  for (const std::string& layer : stack.layers) {
    CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                           sys::Open(layer, O_RDONLY | O_DIRECTORY));
    CLEAT_ASSIGN_OR_RETURN(Part part, root.Describe(std::move(fd)));
    root.parts_.push_back(std::move(part));
    if (root.parts_.back().opaque) break;
  }
  return root;
}

absl::StatusOr<bool> Directory::IsWhiteout(const Part& part, const char* name,
                                           unsigned char type) const {
  if (type == DT_CHR || type == DT_UNKNOWN) {
    if (layer::IsWhiteout(part.fd.get(), name)) return true;
  }
  if (!part.has_xattr_whiteouts || (type != DT_REG && type != DT_UNKNOWN)) {
    return false;
  }
  const std::string path =
      absl::StrCat("/proc/self/fd/", part.fd.get(), "/", name);
  return lgetxattr(path.c_str(), WhiteoutXattr(form_), nullptr, 0) >= 0;
}

absl::Status Directory::ListPart(size_t number,
                                 std::vector<Name>* names) const {
  const Part& part = parts_[number];
  CLEAT_ASSIGN_OR_RETURN(const auto dir, OpenToList(part.fd.get()));
  errno = 0;
  while (const dirent* entry = readdir(dir.get())) {
    const absl::string_view name = entry->d_name;
    if (sys::IsDotOrDotDot(name)) continue;
    CLEAT_ASSIGN_OR_RETURN(const bool whiteout,
                           IsWhiteout(part, entry->d_name, entry->d_type));
    names->push_back({std::string(name), number, whiteout});
    errno = 0;
  }
  return errno == 0 ? absl::OkStatus() : sys::ErrnoError("read directory");
}

absl::StatusOr<std::vector<Name>> Directory::List() const {
  std::vector<Name> names;
  for (size_t i = 0; i < parts_.size() && !parts_[i].foreign; ++i) {
    CLEAT_RETURN_IF_ERROR(ListPart(i, &names));
  }
  std::sort(names.begin(), names.end(), [](const Name& a, const Name& b) {
    return std::tie(a.text, a.part) < std::tie(b.text, b.part);
  });
  // Of each name the upper one counts.
  names.erase(std::unique(names.begin(), names.end(),
                          [](const Name& a, const Name& b) {
                            return a.text == b.text;
                          }),
              names.end());
  if (raw_) return names;
  names.erase(std::remove_if(names.begin(), names.end(),
                             [](const Name& name) { return name.whiteout; }),
              names.end());
  return names;
}

absl::StatusOr<Directory> Directory::Child(const Name& name) const {
  Directory child(form_, raw_);
  for (size_t i = name.part; i < parts_.size(); ++i) {
    sys::Fd fd(openat(parts_[i].fd.get(), name.text.c_str(), kOpenFlags));
    if (!fd.valid() && i > name.part) {
      // Absent here, it is seen further below; all else hides that.
      if (errno == ENOENT) continue;
      if (errno == ENOTDIR || errno == ELOOP) break;
    }
    if (!fd.valid()) return sys::ErrnoError("open");
    CLEAT_ASSIGN_OR_RETURN(Part part, child.Describe(std::move(fd)));
    part.foreign = part.device != parts_[i].device;
    child.parts_.push_back(std::move(part));
    if (child.parts_.back().opaque || child.parts_.back().foreign) break;
  }
  return child;
}

bool Directory::IsSameFrom(size_t part, const Directory& other,
                           size_t others_part) const {
  const auto from = [](const std::vector<Part>& parts, size_t number) {
    return parts.begin() + static_cast<std::ptrdiff_t>(number);
  };
  return std::equal(from(parts_, part), parts_.end(),
                    from(other.parts_, others_part), other.parts_.end(),
                    [](const Part& a, const Part& b) {
                      return a.device == b.device && a.inode == b.inode;
                    });
}

}  // namespace cleat::diff
