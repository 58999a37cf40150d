#ifndef CLEAT_LIB_CGROUP_NORMAL_H_
#define CLEAT_LIB_CGROUP_NORMAL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/cgroup.pb.h"

// What people write into a spec's texts ("/dev/sda:1mb", "2MB:64m", "10:1")
// in the form of the kernel's files ("8:0 1048576", "2MB 67108864", "1048577").

namespace cleat::cgroup {

// The spec with all of its texts so; the numbers and the lists of CPUs are
// left. Looks at the devices that it names. kInvalidArgument names the flag
// and the text and says what would be right; kNotFound for a device that does
// not exist.
absl::StatusOr<proto::CgroupSpec> Normalize(const proto::CgroupSpec& spec);

// FILE=VALUE of --set as FILE=VALUE in the kernel's units: sizes of files that
// count bytes, times of those that end in "_us", and in "io.*" and "blkio.*" a
// path in the place of a device.
absl::StatusOr<std::string> NormalFile(absl::string_view text);

// "MAJOR:MINOR" of a block device's path; such a number itself is returned.
absl::StatusOr<std::string> BlockDevice(absl::string_view text);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_NORMAL_H_
