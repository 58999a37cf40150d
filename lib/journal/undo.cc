#include "lib/journal/undo.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/freeze.h"
#include "lib/cgroup/remove.h"
#include "lib/journal/need.h"
#include "lib/journal/process.h"
#include "lib/ns/rootless.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::journal {
namespace {

constexpr time_t kUnbornSeconds = 60;

absl::Status Unmount(const std::string& path) {
  // EINVAL: nothing is mounted there any more.
  if (umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0 ||
      errno == EINVAL || errno == ENOENT) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("unmount ", path);
}

absl::Status RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return sys::ErrnoError("remove ", path);
}

absl::Status Undo(const proto::Step& step, bool this_boot,
                  const UndoOptions& options) {
  switch (step.effect_case()) {
    case proto::Step::kDirectory:
      return ns::RemoveTree(step.directory());
    case proto::Step::kFile:
      return RemoveFile(step.file());
    case proto::Step::kMount:
      return this_boot ? Unmount(step.mount()) : absl::OkStatus();
    case proto::Step::kCgroup:
      return this_boot ? cgroup::Remove({step.cgroup()}) : absl::OkStatus();
    case proto::Step::kProcess:
      return this_boot ? EndProcess(step.process(), options.grace_us)
                       : absl::OkStatus();
    case proto::Step::kNeeds:
    case proto::Step::EFFECT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status UndoStep(const proto::Step& step, bool this_boot,
                      const UndoOptions& options) {
  const std::string words = DescribeUndo(step);
  trace::Span span("undo:", words);
  absl::Status status = Undo(step, this_boot, options);
  if (!status.ok()) span.Fail(EIO);
  return status;
}

namespace {

bool Runs(const proto::Step& step) {
  return step.has_process() && IsAlive(step.process());
}

// A paused container would hear of its end only when somebody resumes it.
void Thaw(const std::vector<proto::Step>& steps) {
  if (std::none_of(steps.begin(), steps.end(), Runs)) return;
  for (const proto::Step& step : steps) {
    if (step.has_cgroup() && cgroup::IsFrozen(step.cgroup()).value_or(false)) {
      cgroup::Thaw(step.cgroup()).IgnoreError();
    }
  }
}

// Newest first, down to the step `first`; goes on after what fails.
absl::Status UndoSteps(const Instance& instance,
                       const std::vector<proto::Step>& steps, size_t first,
                       const UndoOptions& options) {
  if (instance.from_this_boot()) Thaw(steps);
  absl::Status result;
  for (size_t i = steps.size(); i > first; --i) {
    result.Update(UndoStep(steps[i - 1], instance.from_this_boot(), options));
  }
  return result;
}

}  // namespace

absl::Status UndoFrom(Instance& instance, size_t first,
                      const UndoOptions& options) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<proto::Step> steps,
                         instance.Steps());
  CLEAT_RETURN_IF_ERROR(UndoSteps(instance, steps, first, options));
  return steps.size() > first ? instance.Truncate(first) : absl::OkStatus();
}

absl::Status Unwind(Instance& instance, const UndoOptions& options) {
  const absl::StatusOr<sys::Fd> lock = instance.Lock();
  if (absl::IsNotFound(lock.status())) return absl::OkStatus();
  if (!lock.ok()) return lock.status();
  // Another may have unwound it while this one waited for the lock.
  if (!sys::Exists(instance.directory())) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(CheckNotNeeded(instance));
  // Nothing is written any more: the disk may be full.
  CLEAT_ASSIGN_OR_RETURN(const std::vector<proto::Step> steps,
                         instance.Steps());
  CLEAT_RETURN_IF_ERROR(UndoSteps(instance, steps, 0, options));
  return instance.Forget();
}

absl::Status ForgetUnborn(const std::string& root) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> ids, List(root));
  for (const std::string& id : ids) {
    const std::string directory = absl::StrCat(root, "/", id);
    if (!absl::IsNotFound(Instance::Open(root, id).status())) continue;
    struct stat info;
    if (stat(directory.c_str(), &info) != 0) continue;
    if (time(nullptr) - info.st_mtim.tv_sec < kUnbornSeconds) continue;
    CLEAT_RETURN_IF_ERROR(sys::RemoveTree(directory));
  }
  return absl::OkStatus();
}

std::string DescribeUndo(const proto::Step& step) {
  switch (step.effect_case()) {
    case proto::Step::kDirectory:
      return absl::StrCat("remove directory ", step.directory());
    case proto::Step::kFile:
      return absl::StrCat("remove file ", step.file());
    case proto::Step::kMount:
      return absl::StrCat("unmount ", step.mount());
    case proto::Step::kCgroup:
      return absl::StrCat("remove cgroup ", step.cgroup());
    case proto::Step::kProcess:
      return absl::StrCat("end process ", step.process().pid());
    case proto::Step::kNeeds:
      return absl::StrCat("need container ", step.needs().substr(0, 12),
                          " no more");
    case proto::Step::EFFECT_NOT_SET:
      break;
  }
  return "do nothing";
}

}  // namespace cleat::journal
