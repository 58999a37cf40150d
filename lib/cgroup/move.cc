#include "lib/cgroup/move.h"

#include <errno.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/machine.h"
#include "lib/cgroup/realtime.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

enum class Moved { kProcesses, kThreads };

// What one write did.
struct Step {
  pid_t id;
  std::string file;
  // The same file of the group that it came from; empty when unknown.
  std::string back;
};

using Steps = std::vector<Step>;

// v1 has the threads' file under another name.
const char* FileOf(bool unified, Moved what) {
  if (what == Moved::kProcesses) return "/cgroup.procs";
  return unified ? "/cgroup.threads" : "/tasks";
}

// The hierarchy in which `directory` is a group.
const Hierarchy* HierarchyOf(const Machine& machine,
                             const proto::CgroupDirectory& directory) {
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    if (hierarchy.unified != directory.unified()) continue;
    if (hierarchy.unified || (directory.controllers_size() > 0 &&
                              hierarchy.Has(directory.controllers(0)))) {
      return &hierarchy;
    }
  }
  return nullptr;
}

bool TakesPart(const proto::CgroupState& state,
               const proto::CgroupDirectory& directory, Moved what) {
  return what == Moved::kProcesses || !directory.unified() ||
         directory.controllers_size() > 0 || state.directories_size() == 1;
}

Steps StepsOf(const proto::CgroupState& state, const Machine& machine, pid_t id,
              Moved what) {
  Steps steps;
  for (const proto::CgroupDirectory& directory : state.directories()) {
    if (!TakesPart(state, directory, what)) continue;
    const char* const file = FileOf(directory.unified(), what);
    Step step = {id, absl::StrCat(directory.path(), file), ""};
    if (const auto* const hierarchy = HierarchyOf(machine, directory)) {
      step.back = absl::StrCat(hierarchy->OwnDirectory(), file);
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

constexpr struct {
  int error;
  bool v2;
  const char* hint;
} kHints[] = {
    {EACCES, true,
     "; cgroup v2 asks for the right to cgroup.procs of the nearest group "
     "above both places: be in the delegated one already, by systemd-run "
     "--user --scope"},
    {EBUSY, true,
     "; cgroup v2 has processes only in groups that give no controllers to "
     "others below them"},
    {EOPNOTSUPP, true,
     "; cgroup v2 takes threads only in groups made with --threaded, below "
     "that of their process"},
    {ESRCH, true, "; no such process or thread"},
};

absl::string_view HintOf(int error) {
  for (const auto& row : kHints) {
    if (row.error == error) return row.hint;
  }
  return "";
}

absl::Status Write(const Step& step, const std::string& file) {
  const std::string shown = absl::StrCat(step.id, " to ", file);
  trace::Span span("move", shown);
  const absl::Status status = sys::WriteExisting(file, absl::StrCat(step.id));
  if (status.ok()) return status;
  const int error = errno;
  span.Fail(error);
  // One that is over is "found", as its group is.
  const absl::StatusCode code =
      error == ESRCH ? absl::StatusCode::kNotFound : status.code();
  return absl::Status(code, absl::StrCat("move ", step.id, ": ",
                                         status.message(), HintOf(error)));
}

void GoBack(const Steps& done) {
  for (auto step = done.rbegin(); step != done.rend(); ++step) {
    if (!step->back.empty()) (void)Write(*step, step->back);
  }
}

// v1's cpu controller calls it invalid that a group has no time.
absl::Status WithRealTime(const absl::Status& status,
                          const proto::CgroupState& state, pid_t id) {
  if (!absl::IsInvalidArgument(status)) return status;
  const std::string warning = RealTimeWarning(state, id);
  if (warning.empty()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), "; ", warning));
}

absl::Status MoveOne(const proto::CgroupState& state, pid_t id, Moved what,
                     Steps& done) {
  const absl::StatusOr<Machine> machine = FindMachine("", absl::StrCat(id));
  if (!machine.ok()) {
    return absl::Status(
        machine.status().code(),
        absl::StrCat("move ", id, ": no such ",
                     what == Moved::kProcesses ? "process" : "thread"));
  }
  for (Step& step : StepsOf(state, *machine, id, what)) {
    const absl::Status status = Write(step, step.file);
    if (!status.ok()) return WithRealTime(status, state, id);
    done.push_back(std::move(step));
  }
  return absl::OkStatus();
}

absl::Status MoveAll(const proto::CgroupState& state, const Movers& movers,
                     Steps& done) {
  for (const pid_t pid : movers.processes) {
    CLEAT_RETURN_IF_ERROR(MoveOne(state, pid, Moved::kProcesses, done));
  }
  for (const pid_t tid : movers.threads) {
    CLEAT_RETURN_IF_ERROR(MoveOne(state, tid, Moved::kThreads, done));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Move(const proto::CgroupState& state, const Movers& movers,
                  absl::FunctionRef<absl::Status()> then) {
  Steps done;
  absl::Status status = MoveAll(state, movers, done);
  if (status.ok()) status = then();
  if (!status.ok()) GoBack(done);
  return status;
}

absl::Status MoveSelf(const proto::CgroupState& state) {
  for (const proto::CgroupDirectory& directory : state.directories()) {
    const Step step = {0, "", ""};
    const std::string file = absl::StrCat(
        directory.path(), directory.unified() ? "/cgroup.procs" : "/tasks");
    CLEAT_RETURN_IF_ERROR(WithRealTime(Write(step, file), state, 0));
  }
  return absl::OkStatus();
}

absl::StatusOr<proto::CgroupState> GroupsOf(pid_t pid) {
  const absl::StatusOr<Machine> machine = FindMachine("", absl::StrCat(pid));
  if (absl::IsNotFound(machine.status())) {
    return absl::NotFoundError(
        absl::StrCat("find the cgroups of process ", pid, ": no such process"));
  }
  if (!machine.ok()) return machine.status();
  proto::CgroupState state;
  for (const Hierarchy& hierarchy : machine->hierarchies) {
    proto::CgroupDirectory& directory = *state.add_directories();
    directory.set_path(hierarchy.OwnDirectory());
    directory.set_base(directory.path());
    directory.set_unified(hierarchy.unified);
    for (const std::string& name : hierarchy.controllers) {
      directory.add_controllers(name);
    }
    state.set_path(hierarchy.own);
  }
  return state;
}

}  // namespace cleat::cgroup
