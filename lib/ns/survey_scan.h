#ifndef CLEAT_LIB_NS_SURVEY_SCAN_H_
#define CLEAT_LIB_NS_SURVEY_SCAN_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/ns/survey.h"

// The part of a survey that reads /proc: what processes are in and hold.

namespace cleat::ns {

class SurveyScan {
 public:
  // `proc` is an open procfs.
  SurveyScan(int proc, uint64_t kinds) : proc_(proc), kinds_(kinds) {}

  // Adds what this process is in, and what its threads and descriptors hold.
  // In the order of pids. Some fifteen system calls, and one for each
  // descriptor that it has.
  void AddProcess(pid_t pid);

  // Adds what was found among processes with higher pids.
  void Merge(SurveyScan other);

  // Adds the nsfs mounts of all mount namespaces that were found.
  void AddMounts();

  // What was found, in the order of finding, to be taken once.
  std::vector<ProcessNamespaces> processes;
  std::vector<Namespace> namespaces;
  size_t hidden = 0;

 private:
  // The namespace of this inode number, added where it is new.
  Namespace& At(const Kind& kind, uint64_t inode);
  bool AddMember(int ns, pid_t pid, ProcessNamespaces* process);
  void AddForChildren(int ns, const ProcessNamespaces& process);
  void AddThreads(const ProcessNamespaces& process);
  void AddThread(const ProcessNamespaces& process, pid_t thread);
  void AddDescriptors(pid_t pid);
  void AddMountsSeenBy(pid_t pid);
  void AddMount(pid_t pid, const std::string& root, const std::string& target);

  int proc_;
  uint64_t kinds_;
  absl::flat_hash_map<uint64_t, size_t> places_;
};

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_SURVEY_SCAN_H_
