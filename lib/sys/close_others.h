#ifndef CLEAT_LIB_SYS_CLOSE_OTHERS_H_
#define CLEAT_LIB_SYS_CLOSE_OTHERS_H_

#include <vector>

namespace cleat::sys {

// Closes all descriptors of this process but 0, 1, 2 and `kept`, in any order;
// negative ones do not count.
void CloseOthers(std::vector<int> kept);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_CLOSE_OTHERS_H_
