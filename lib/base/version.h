#ifndef CLEAT_LIB_BASE_VERSION_H_
#define CLEAT_LIB_BASE_VERSION_H_

namespace cleat {

// Of the whole suite; all tools have the same.
inline constexpr char kVersion[] = "0.1";

}  // namespace cleat

#endif  // CLEAT_LIB_BASE_VERSION_H_
