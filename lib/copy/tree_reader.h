#ifndef CLEAT_LIB_COPY_TREE_READER_H_
#define CLEAT_LIB_COPY_TREE_READER_H_

#include <string>

#include "absl/status/status.h"
#include "lib/copy/place.h"
#include "lib/copy/stream.h"

namespace cleat::copy {

// Reads the file or tree at `place`, and gives it to `take` under the name
// `name` ("": what is in the directory, after itself as ""). Everything is
// opened once, without following links, and described by its descriptor: who
// changes the tree meanwhile gets his changes copied, and nothing else
// (CVE-2018-15664). Devices are not opened, and FIFOs are not waited for.
//
// Owners are those of the side's own ids. Sockets, and what is in memory or
// the kernel's (mounts of tmpfs, procfs, …), are left out, as by docker cp.
absl::Status ReadTree(const Side& side, const Place& place,
                      const std::string& name, Take take);

}  // namespace cleat::copy

#endif  // CLEAT_LIB_COPY_TREE_READER_H_
