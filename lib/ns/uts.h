#ifndef CLEAT_LIB_NS_UTS_H_
#define CLEAT_LIB_NS_UTS_H_

#include <string>

namespace cleat::ns {

// Inside a UTS namespace: gives it these names, an empty one is left as it was
// (at most 64 bytes, sethostname(2)). -1 and errno on failure; allocates
// nothing.
int SetNames(const std::string& hostname, const std::string& domainname);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_UTS_H_
