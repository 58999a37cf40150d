#ifndef CLEAT_LIB_RUNTIME_PROC_FILE_H_
#define CLEAT_LIB_RUNTIME_PROC_FILE_H_

#include "lib/sys/child.h"
#include "lib/sys/fd.h"

namespace cleat::runtime {

// Opens `path` below `root` for writing and refuses what is not of procfs: an
// image may have a file, or a link to another file of procfs, of that name
// (CVE-2019-16884, CVE-2025-52881). Nothing else is even opened: that alone
// copies a file up, or waits where a FIFO is.
sys::Fd OpenProcFile(int root, const char* path,
                     const sys::ChildReport& report);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_PROC_FILE_H_
