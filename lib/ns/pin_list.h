#ifndef CLEAT_LIB_NS_PIN_LIST_H_
#define CLEAT_LIB_NS_PIN_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/ns/source.h"
#include "proto/ns_tools.pb.h"

namespace cleat::ns {

// All pins of this state root, and all other bind mounts of namespaces that
// this process sees. What is gone without having been released has no kind.
absl::StatusOr<std::vector<proto::Pin>> ListPins(const std::string& root);

// What is kept under a name. kNotFound when there is nothing.
absl::StatusOr<Source> SourceOfPin(const std::string& root,
                                   const std::string& name);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_PIN_LIST_H_
