#include "lib/ns/uts.h"

#include <unistd.h>

namespace cleat::ns {

int SetNames(const std::string& hostname, const std::string& domainname) {
  if (!hostname.empty() && sethostname(hostname.data(), hostname.size()) != 0) {
    return -1;
  }
  if (domainname.empty()) return 0;
  return setdomainname(domainname.data(), domainname.size());
}

}  // namespace cleat::ns
