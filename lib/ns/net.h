#ifndef CLEAT_LIB_NS_NET_H_
#define CLEAT_LIB_NS_NET_H_

namespace cleat::ns {

// Inside a new net namespace: starts its one device, lo, to which the kernel
// gives 127.0.0.1 and ::1 as it goes up. -1 and errno on failure; allocates
// nothing.
int StartLoopback();

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_NET_H_
