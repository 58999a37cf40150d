#ifndef CLEAT_LIB_TAR_STAT_ENTRY_H_
#define CLEAT_LIB_TAR_STAT_ENTRY_H_

#include <sys/stat.h>

#include "lib/tar/entry.h"

namespace cleat::tar {

// The entry of a file that stat(2) describes: all but its name, link and
// extended attributes. A socket, which an archive cannot hold, is a file.
Entry StatEntry(const struct stat& info);

}  // namespace cleat::tar

#endif  // CLEAT_LIB_TAR_STAT_ENTRY_H_
