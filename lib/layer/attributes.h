#ifndef CLEAT_LIB_LAYER_ATTRIBUTES_H_
#define CLEAT_LIB_LAYER_ATTRIBUTES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "lib/layer/form.h"
#include "lib/tar/entry.h"

// Owner, mode, extended attributes and time of what was unpacked, in the order
// in which one does not undo the other: a change of owner clears setuid bits
// and file capabilities, every change the time.

namespace cleat::layer {

// The permissions to make a file with, so that SetAttributes may find it as it
// should be.
uint32_t ModeToAskFor(const tar::Entry& entry, const Form& form);

// Of an open file or directory. `skipped_xattrs` counts those that the file
// system does not keep; that of a file capability is an error. An owner that
// `form` squashes is kept in kOwnerXattr (overlay.h), but where there can be
// none: of links, devices and FIFOs.
absl::Status SetAttributes(int fd, const tar::Entry& entry, const Form& form,
                           int* skipped_xattrs);

// Of a link, device or FIFO, without opening it.
absl::Status SetAttributesAt(int parent, const std::string& base,
                             const tar::Entry& entry, const Form& form,
                             int* skipped_xattrs);

// Of the empty file that stands for a device which may not be made here.
absl::Status SetDeviceStandIn(int fd, const tar::Entry& device,
                              const Form& form, int* skipped_xattrs);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_ATTRIBUTES_H_
