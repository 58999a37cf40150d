#ifndef CLEAT_LIB_DIFF_ATTRIBUTES_H_
#define CLEAT_LIB_DIFF_ATTRIBUTES_H_

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/layer/form.h"
#include "lib/tar/entry.h"

namespace cleat::diff {

// A file as a layer would state it, and where it is.
struct Attributes {
  // All but the name; the time with its nanoseconds. A directory's size is 0.
  tar::Entry entry;
  // As stat(2) has it: what `form` says of owners is in `entry` only.
  struct stat info = {};
  // What no layer holds: left out of every tree.
  bool is_socket = false;
};

// Reads those of `base` in `parent`, without following it ("." is the
// directory itself). Of extended attributes count those that layers hold:
// `user.` ones and a file's capabilities. With form.user_xattrs an owner, mode
// or device that is kept in an attribute (lib/layer/overlay.h) is the file's;
// in other forms any process of a container could write that, and it is
// nothing.
//
// kFailedPrecondition for a file whose content is elsewhere: overlayfs's
// redirect and metacopy (Documentation/filesystems/overlayfs.rst).
absl::StatusOr<Attributes> ReadAttributes(int parent, const std::string& base,
                                          const layer::Form& form);

// In what two files differ: bits of a set.
enum Difference : uint32_t {
  kType = 1 << 0,
  kMode = 1 << 1,
  kOwner = 1 << 2,
  kTime = 1 << 3,
  kDevice = 1 << 4,
  kLink = 1 << 5,
  kXattrs = 1 << 6,
  kContent = 1 << 7,
  // Of a directory: something in it is changed, added or removed.
  kEntries = 1 << 8,
};

struct DifferenceName {
  Difference bit;
  const char* name;
};
inline constexpr DifferenceName kDifferenceNames[] = {
    {kType, "type"},     {kMode, "mode"},       {kOwner, "owner"},
    {kTime, "mtime"},    {kDevice, "device"},   {kLink, "link"},
    {kXattrs, "xattrs"}, {kContent, "content"}, {kEntries, "entries"},
};

// All but kContent of files of the same size. Where one of two times has no
// nanoseconds, as layers have them, seconds are compared. Files of different
// types differ in that alone.
uint32_t Compare(const Attributes& a, const Attributes& b);

// Whether two files of the same size may have different content, by what is
// known without reading them: not when they are one inode, nor when their
// times are equal to the nanosecond (whole seconds are set on purpose, and say
// nothing).
bool MayDifferInContent(const Attributes& a, const Attributes& b);

}  // namespace cleat::diff

#endif  // CLEAT_LIB_DIFF_ATTRIBUTES_H_
