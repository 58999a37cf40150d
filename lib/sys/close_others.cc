#include "lib/sys/close_others.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace cleat::sys {

void CloseOthers(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned int first = 3;
  for (const int fd : kept) {
    if (fd < 3) continue;
    const unsigned int last = static_cast<unsigned int>(fd);
    if (last > first) syscall(SYS_close_range, first, last - 1, 0);
    first = last + 1;
  }
  syscall(SYS_close_range, first, ~0U, 0);
}

}  // namespace cleat::sys
