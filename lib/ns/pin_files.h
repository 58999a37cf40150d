#ifndef CLEAT_LIB_NS_PIN_FILES_H_
#define CLEAT_LIB_NS_PIN_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "proto/container.pb.h"

// Where pins lie. A pin is a directory <state root>/pins/<name>/ with a file
// for each kind, named as in /proc/PID/ns:
//
//   net, mnt, …   a bind mount of the namespace; where a process holds it open
//                 instead, a symbolic link to that one's descriptor
//   holder        that process: {"pid":7,"startTime":1234}
//
// <state root>/pins is a private mount of itself while there are pins, so that
// no other mount namespace gets copies. Net namespaces that ip-netns(8) has
// named, /run/netns/<name>, are pins, too.

namespace cleat::ns {

inline constexpr char kHolderFile[] = "holder";
inline constexpr char kIpNetns[] = "/run/netns";

std::string AllPins(const std::string& root);
std::string PinPath(const std::string& root, const std::string& name);

// kInvalidArgument for what is no name: [a-zA-Z0-9][a-zA-Z0-9_.-]*.
absl::Status CheckPinName(const std::string& name);

// The process that holds the pin in this directory. Nothing when there is none,
// or it has ended.
absl::optional<proto::ProcessId> ReadHolder(const std::string& directory);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_PIN_FILES_H_
