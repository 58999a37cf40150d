#ifndef CLEAT_LIB_LAYER_FORM_H_
#define CLEAT_LIB_LAYER_FORM_H_

#include <cstdint>

namespace cleat::layer {

// How an unpacked layer holds what its writer may not simply do
// (lib/store/store_form.h). The default is root's.
struct Form {
  // overlayfs's words are `user.overlay.…` instead of `trusted.overlay.…`
  // attributes, and a device, which only root of the machine can make, is an
  // empty file with its numbers in an attribute (attributes.h).
  bool user_xattrs = false;
  // All belongs to the writer, who has no other ids; the owners are kept in
  // that attribute.
  bool squash = false;
  // Not for an overlay at all: layers are applied to one tree, one upon the
  // other, and what a layer removes is removed.
  bool plain = false;

  // What Unpacker finds out once, for all entries:
  // who makes the files,
  uint32_t uid = 0;
  uint32_t gid = 0;
  // and the permissions that a new file is not given when asked for them.
  uint32_t withheld = 0777;
};

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_FORM_H_
