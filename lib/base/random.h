#ifndef CLEAT_LIB_BASE_RANDOM_H_
#define CLEAT_LIB_BASE_RANDOM_H_

#include <string>

namespace cleat {

// 64 hexadecimal digits from the kernel's random source (getrandom(2)): a
// container's instance id, as Docker's ids look.
std::string RandomId();

}  // namespace cleat

#endif  // CLEAT_LIB_BASE_RANDOM_H_
