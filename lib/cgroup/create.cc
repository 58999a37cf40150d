#include "lib/cgroup/create.h"

#include <errno.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

constexpr const char* kCpusetFiles[] = {"cpuset.cpus", "cpuset.mems"};

bool Has(const proto::CgroupDirectory& directory, absl::string_view name) {
  const auto& controllers = directory.controllers();
  return std::find(controllers.begin(), controllers.end(), name) !=
         controllers.end();
}

// False when it was there already; else it is appended to `made`, which may be
// null.
absl::StatusOr<bool> MakeGroup(const std::string& path,
                               std::vector<std::string>* made) {
  trace::Span span("make cgroup", path);
  if (mkdir(path.c_str(), 0755) == 0) {
    if (made != nullptr) made->push_back(path);
    return true;
  }
  if (errno == EEXIST) return false;
  span.Fail(errno);
  return sys::ErrnoError("make cgroup ", path);
}

// Whether nobody has given the group a value for this file.
absl::StatusOr<bool> IsEmpty(const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(const std::string text, sys::ReadFile(path));
  return absl::StripSuffix(text, "\n").empty();
}

absl::Status InheritCpuset(const std::string& parent, const std::string& group,
                           bool is_new);

// What a group hands down. One that another process has just made may have
// nothing yet: it is given what that process is about to give it.
absl::StatusOr<std::string> ReadInherited(const std::string& group,
                                          const char* file) {
  const std::string path = absl::StrCat(group, "/", file);
  const std::string above = group.substr(0, group.find_last_of('/'));
  CLEAT_ASSIGN_OR_RETURN(std::string text, sys::ReadFile(path));
  if (!absl::StripSuffix(text, "\n").empty() ||
      !sys::Exists(absl::StrCat(above, "/", file))) {
    return text;
  }
  CLEAT_RETURN_IF_ERROR(InheritCpuset(above, group, /*is_new=*/false));
  return sys::ReadFile(path);
}

// A new v1 cpuset has no CPUs and no memory: nothing could enter it.
absl::Status InheritCpuset(const std::string& parent, const std::string& group,
                           bool is_new) {
  for (const char* file : kCpusetFiles) {
    const std::string path = absl::StrCat(group, "/", file);
    if (!is_new) {
      CLEAT_ASSIGN_OR_RETURN(const bool empty, IsEmpty(path));
      if (!empty) continue;
    }
    CLEAT_ASSIGN_OR_RETURN(const std::string inherited,
                           ReadInherited(parent, file));
    CLEAT_RETURN_IF_ERROR(sys::WriteExisting(path, inherited));
  }
  return absl::OkStatus();
}

absl::Status EnableControllers(const proto::CgroupDirectory& directory,
                               const std::string& group) {
  const std::string path = absl::StrCat(group, "/cgroup.subtree_control");
  CLEAT_ASSIGN_OR_RETURN(const std::string text, sys::ReadFile(path));
  const std::vector<absl::string_view> enabled =
      absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  std::vector<std::string> missing;
  for (const std::string& name : directory.controllers()) {
    if (std::find(enabled.begin(), enabled.end(), name) == enabled.end()) {
      missing.push_back(absl::StrCat("+", name));
    }
  }
  if (missing.empty()) return absl::OkStatus();
  trace::Span span("enable cgroup controllers below", group);
  const absl::Status written =
      sys::WriteExisting(path, absl::StrJoin(missing, " "));
  if (written.ok()) return written;
  span.Fail(errno);
  if (!absl::IsFailedPrecondition(written)) return written;  // not EBUSY
  return absl::FailedPreconditionError(
      absl::StrCat(written.message(),
                   "; cgroup v2 gives controllers only to "
                   "children of groups without processes"));
}

// The groups from the base, which is there, down to the one that is wanted.
std::vector<std::string> Levels(const proto::CgroupDirectory& directory) {
  const std::string& path = directory.path();
  std::vector<std::string> levels;
  for (size_t end = directory.base().size(); end < path.size();) {
    end = std::min(path.find('/', end + 1), path.size());
    levels.push_back(path.substr(0, end));
  }
  return levels;
}

absl::Status CreateV1(const proto::CgroupDirectory& directory,
                      std::vector<std::string>* made) {
  const std::vector<std::string> levels = Levels(directory);
  bool is_new = false;
  for (const std::string& level : levels) {
    CLEAT_ASSIGN_OR_RETURN(is_new, MakeGroup(level, made));
  }
  if (!Has(directory, "cpuset")) return absl::OkStatus();
  std::string above = directory.base();
  for (const std::string& level : levels) {
    CLEAT_RETURN_IF_ERROR(
        InheritCpuset(above, level, is_new && level == directory.path()));
    above = level;
  }
  return absl::OkStatus();
}

// The kernel shows a controller as enabled before its files are there: another
// process may be on its way. Making a group waits for that process, as does a
// write that changes nothing.
void AwaitFiles(const std::string& group) {
  sys::WriteExisting(absl::StrCat(group, "/cgroup.subtree_control"), "\n")
      .IgnoreError();
}

absl::Status CreateUnified(const proto::CgroupDirectory& directory,
                           std::vector<std::string>* made) {
  bool is_new = false;
  std::string above = directory.base();
  for (const std::string& level : Levels(directory)) {
    CLEAT_RETURN_IF_ERROR(EnableControllers(directory, above));
    CLEAT_ASSIGN_OR_RETURN(is_new, MakeGroup(level, made));
    above = level;
  }
  if (!is_new) AwaitFiles(directory.path());
  return absl::OkStatus();
}

}  // namespace

absl::Status Create(const proto::CgroupState& state,
                    std::vector<std::string>* made) {
  for (const proto::CgroupDirectory& directory : state.directories()) {
    CLEAT_RETURN_IF_ERROR(directory.unified() ? CreateUnified(directory, made)
                                              : CreateV1(directory, made));
  }
  return absl::OkStatus();
}

}  // namespace cleat::cgroup
