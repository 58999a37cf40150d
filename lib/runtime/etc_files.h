#ifndef CLEAT_LIB_RUNTIME_ETC_FILES_H_
#define CLEAT_LIB_RUNTIME_ETC_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/network.pb.h"
#include "proto/oci_runtime.pb.h"

// The three files below /etc that a container has of its own, whatever its
// image holds there: hosts(5), resolv.conf(5), hostname(5), as Docker writes
// them (moby, libnetwork/etchosts and libnetwork/resolvconf).

namespace cleat::runtime {

struct EtcFiles {
  std::string hosts;
  std::string resolv_conf;
  std::string hostname;
};

// Their texts. A container on the host's network begins with the host's own,
// any other with localhost, its own name at 127.0.0.1 where it has no other
// address, and those of the host's name servers that can be reached from
// elsewhere: none at a loopback address. `host` is the host's root directory.
// kInvalidArgument names the flag that is wrong.
absl::StatusOr<EtcFiles> MakeEtcFiles(const proto::NetworkSpec& network,
                                      const std::string& hostname,
                                      const std::string& host = "");

// Makes `directory`, writes them there, and binds them over the spec's root;
// they are read-only where that is. Their owner is the container's user 0. To
// be called before mounts that may take their place.
absl::Status AddEtcFiles(const EtcFiles& files, const std::string& directory,
                         proto::oci::Spec* spec);

// The parts of the above.

// One line of hosts(5) from "NAME:ADDRESS" or "NAME=ADDRESS".
absl::StatusOr<std::string> HostsLine(absl::string_view entry);

// Without the name servers at loopback addresses.
std::string WithoutLoopback(absl::string_view resolv_conf);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_ETC_FILES_H_
