#include "lib/ns/kinds.h"

#include "absl/strings/str_cat.h"

namespace cleat::ns {

std::string KindNames(uint64_t flags) {
  std::string names;
  for (const Kind& kind : kKinds) {
    if ((flags & kind.flag) == 0) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", kind.name);
  }
  return names;
}

}  // namespace cleat::ns
