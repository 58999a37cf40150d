#ifndef CLEAT_LIB_NS_DESCRIBE_H_
#define CLEAT_LIB_NS_DESCRIBE_H_

#include <cstdint>
#include <map>
#include <string>

#include "lib/ns/net_peers.h"
#include "lib/ns/survey.h"
#include "proto/ns_list_options.pb.h"

// What is to be told of the namespaces of a survey, read only for those that
// are shown.

namespace cleat::ns {

// Details that cost system calls, as flags.
enum Detail : unsigned {
  // ppid
  kDetailParent = 1 << 0,
  // nspid
  kDetailNumbers = 1 << 1,
  // uid, user
  kDetailUser = 1 << 2,
  // command
  kDetailCommand = 1 << 3,
  // uid_map, gid_map
  kDetailMaps = 1 << 4,
  // netnsid
  kDetailNetns = 1 << 5,
  // peers; enters every net namespace
  kDetailPeers = 1 << 6,
  // container; known to the caller
  kDetailContainer = 1 << 7,
  kAllDetails = (1 << 8) - 1,
};

// The names of users, by id.
using NamesOfUsers = std::map<uint32_t, std::string>;
// The names of containers, by their first process.
using NamesOfContainers = std::map<pid_t, std::string>;

class Describer {
 public:
  // Survey and names must outlive it.
  Describer(const Survey& survey, unsigned details, const NamesOfUsers& users,
            const NamesOfContainers& containers, std::string proc = "/proc");

  proto::ListedNamespace Describe(const Namespace& found);
  proto::ListedProcess Describe(const ProcessNamespaces& process);

 private:
  void SetProcess(const Namespace& found, proto::ListedNamespace* listed);
  void SetContainer(const Namespace& found, proto::ListedNamespace* listed);
  void SetMaps(const Namespace& found, proto::ListedNamespace* listed);
  void SetNumber(const Namespace& found, proto::ListedNamespace* listed);
  void AddHolder(const Holder& holder, proto::ListedNamespace* listed);
  void AddPeers(const Namespace& found, proto::ListedNamespace* listed);
  std::string Command(pid_t pid) const;

  const Survey& survey_;
  unsigned details_;
  const NamesOfUsers& users_;
  const NamesOfContainers& containers_;
  std::string proc_;
  std::map<uint64_t, std::vector<NetPeerLink>> peers_;
};

// The command line of a process; of one that has none, as a kernel thread, its
// name in brackets. Not escaped: a process can set it to anything.
std::string CommandLine(pid_t pid, const std::string& proc = "/proc");

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_DESCRIBE_H_
