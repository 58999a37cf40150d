#ifndef CLEAT_LIB_SYS_IN_PLACE_H_
#define CLEAT_LIB_SYS_IN_PLACE_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

namespace cleat::sys {

// Opens for writing what a new file never takes the place of: a pipe, a device,
// and whatever a descriptor's name leads to (/dev/stdout, /dev/fd/N), at its
// end where that is a file. An invalid descriptor for every other path. Errors
// are those of open(2), as for a directory.
absl::StatusOr<Fd> OpenInPlace(const std::string& path);

// Whether the path is the name of a descriptor, through links or not: it says
// what is open, whatever file readlink(2) says.
bool IsDescriptorName(const std::string& path);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_IN_PLACE_H_
