#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/hostcheck/probes.h"
#include "lib/hostcheck/trial.h"
#include "lib/ns/id_map.h"
#include "lib/ns/kinds.h"
#include "lib/ns/rootless.h"
#include "lib/sys/file.h"

namespace cleat::hostcheck {
namespace {

// All but the user and time namespaces.
constexpr uint64_t kOrdinary = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET |
                               CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP;

absl::Status Nothing() { return absl::OkStatus(); }

// Policies of distributions: the file, what forbids, and the sysctl that
// allows.
struct Policy {
  const char* file;
  char forbids;
  const char* cure;
};
constexpr Policy kPolicies[] = {
    {"/proc/sys/kernel/unprivileged_userns_clone", '0',
     "sysctl kernel.unprivileged_userns_clone=1"},
    {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1',
     "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor "
     "profile for these tools that allows userns"},
};

uint64_t CountOf(const ns::IdMap& map) {
  uint64_t count = 0;
  for (const ns::IdRange& range : map) count += range.count;
  return count;
}

std::string FindProgram(absl::string_view name) {
  const char* path = getenv("PATH");
  for (absl::string_view directory :
       absl::StrSplit(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    std::string candidate = absl::StrCat(directory, "/", name);
    if (sys::Exists(candidate)) return candidate;
  }
  return "";
}

// By the mode bit, or by file capabilities.
bool RaisesRights(const std::string& program) {
  struct stat info;
  return stat(program.c_str(), &info) == 0 &&
         ((info.st_mode & S_ISUID) != 0 ||
          getxattr(program.c_str(), "security.capability", nullptr, 0) > 0);
}

}  // namespace

Finding ProbeNamespaceLimits(const Host&) {
  std::vector<std::string> none;
  for (const ns::Kind& kind : ns::kKinds) {
    const std::string name =
        absl::StrCat("user.max_", kind.file, "_namespaces");
    const auto text = sys::ReadFile(
        absl::StrCat("/proc/sys/user/max_", kind.file, "_namespaces"));
    int64_t most = 0;
    if (text.ok() &&
        absl::SimpleAtoi(absl::StripAsciiWhitespace(*text), &most) &&
        most == 0) {
      none.push_back(name);
    }
  }
  if (none.empty()) return Works();
  return Fails(
      absl::StrCat("0: ", absl::StrJoin(none, ", ")),
      absl::StrCat("sysctl ", absl::StrJoin(none, "=15000 "), "=15000"));
}

Finding ProbeUserNamespacePolicy(const Host&) {
  for (const Policy& policy : kPolicies) {
    const auto text = sys::ReadFile(policy.file);
    if (text.ok() && !text->empty() && (*text)[0] == policy.forbids) {
      return Fails(
          absl::StrCat(policy.file, " is ", std::string(1, (*text)[0])),
          policy.cure);
    }
  }
  return Works();
}

Finding ProbeUserNamespace(const Host&) {
  return FindingOf(
      InChild([]() -> absl::Status {
        const auto own = ns::FindOwnMaps();
        if (!own.ok()) return own.status();
        return ns::BecomeRoot(own->maps);
      }),
      "",
      ns::RightsHere() == ns::Rights::kOrdinary ? "" : "not needed by root");
}

Finding ProbeNamespaces(const Host&) {
  return FindingOf(InNamespaces(kOrdinary, Nothing));
}

Finding ProbeTimeNamespace(const Host&) {
  return FindingOf(InNamespaces(CLONE_NEWTIME, Nothing), "Linux 5.6 or newer");
}

Finding ProbeSubIds(const Host&) {
  if (ns::RightsHere() == ns::Rights::kRoot) return Works("root has all ids");
  if (ns::RightsHere() == ns::Rights::kMapped) {
    const auto map = procfs::ReadIdMap("uid_map");
    if (!map.ok()) return FindingOf(map.status());
    return {CountOf(*map) > 1, absl::StrCat(CountOf(*map), " ids are mapped"),
            "a longer map of the user namespace around this"};
  }
  const auto own = ns::FindOwnMaps();
  if (!own.ok()) return FindingOf(own.status());
  if (!own->squashed.empty()) return Fails(own->squashed, "");
  return Works(absl::StrCat(CountOf(own->maps.users), " users, ",
                            CountOf(own->maps.groups), " groups"));
}

Finding ProbeMapHelpers(const Host&) {
  for (const ns::IdKind kind : {ns::IdKind::kUser, ns::IdKind::kGroup}) {
    const char* helper = ns::NamesOf(kind).helper;
    const std::string path = FindProgram(helper);
    if (path.empty()) {
      return Fails(absl::StrCat(helper, " is not installed"),
                   "the package uidmap, or shadow-utils");
    }
    if (!RaisesRights(path)) {
      return Fails(absl::StrCat(path, " has no rights of its own"),
                   absl::StrCat("chmod u+s ", path));
    }
  }
  return Works();
}

}  // namespace cleat::hostcheck
