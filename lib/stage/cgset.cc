#include "lib/stage/cgset.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/apply.h"
#include "lib/cgroup/check.h"
#include "lib/cgroup/copy.h"
#include "lib/cgroup/device_rules.h"
#include "lib/cgroup/devices.h"
#include "lib/cgroup/limits.h"
#include "lib/cgroup/make.h"
#include "lib/cgroup/move.h"
#include "lib/cgroup/realtime.h"
#include "lib/ns/exec_program.h"
#include "lib/runtime/defaults.h"
#include "lib/runtime/user_devices.h"
#include "lib/stage/make_groups.h"
#include "lib/stage/run_in_group.h"
#include "proto/cgroup.table.h"
#include "proto/mounts.table.h"
#include "proto/process.table.h"

namespace cleat::stage {
namespace {

using Options = proto::CgsetOptions;

cgroup::Movers MoversOf(const Options& options) {
  cgroup::Movers movers;
  movers.processes.assign(options.move().begin(), options.move().end());
  movers.threads.assign(options.move_thread().begin(),
                        options.move_thread().end());
  return movers;
}

// What the flags ask for, after what --copy finds.
absl::StatusOr<proto::CgroupSpec> AskedOf(const Options& options) {
  const proto::CgroupSpec given = cgroup::WithoutNone(options.spec());
  if (!options.has_copy()) return given;
  CLEAT_ASSIGN_OR_RETURN(const proto::CgroupSpec found,
                         cgroup::CopySpec(static_cast<pid_t>(options.copy())));
  return cgroup::Merge(found, given);
}

void WarnOfRealTime(const proto::CgroupState& state,
                    const std::vector<pid_t>& pids) {
  for (const pid_t pid : pids) {
    const std::string warning = cgroup::RealTimeWarning(state, pid);
    if (!warning.empty()) return Warn("cgset", {warning});
  }
}

absl::StatusOr<proto::CgroupState> Make(const proto::CgroupSpec& spec,
                                        cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(journal::Instance * instance, document.Instance());
  return MakeGroups("cgset", instance->id(), spec, [&](proto::Step step) {
    step.set_tool("cgset");
    return instance->Record(step);
  });
}

// A container that runs has rules of its own, which those of the flags follow.
absl::Status UpdateRules(const cli::Document& document,
                         const proto::Cgroup& section,
                         const proto::CgroupSpec& asked) {
  if (asked.device().empty() && asked.device_cgroup_rule().empty()) {
    return absl::OkStatus();
  }
  if (!document.Has("process")) {
    return cgroup::SetRules(section.state(), section.spec());
  }
  CLEAT_ASSIGN_OR_RETURN(const auto process,
                         document.Get<proto::Process>("process"));
  if (process.spec().privileged()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const auto mounts,
                         document.Get<proto::Mounts>("mounts"));
  const auto& flags = mounts.spec().device();
  proto::oci::Spec oci;
  runtime::AddDefaultDeviceRules(&oci);
  CLEAT_RETURN_IF_ERROR(
      runtime::AddUserDevices({flags.begin(), flags.end()}, &oci));
  cgroup::DeviceRules rules = oci.linux().resources().devices();
  CLEAT_ASSIGN_OR_RETURN(const cgroup::DeviceRules added,
                         cgroup::AddedDeviceRules(section.spec()));
  rules.MergeFrom(added);
  return cgroup::SetDevices(section.state(), rules);
}

absl::Status Change(const Options& options, const cli::Document& document,
                    const proto::CgroupSpec& asked,
                    const proto::Cgroup& section) {
  cgroup::Warnings warnings;
  CLEAT_RETURN_IF_ERROR(
      cgroup::Update(section.state(), section.spec(), &warnings, [&] {
        return cgroup::Move(section.state(), MoversOf(options), [&] {
          return UpdateRules(document, section, asked);
        });
      }));
  Warn("cgset", warnings);
  return absl::OkStatus();
}

absl::Status ChangeOrMake(const Options& options, cli::Document& document,
                          const proto::CgroupSpec& asked,
                          proto::Cgroup& section) {
  if (section.has_state() && asked.systemd()) {
    return absl::FailedPreconditionError(
        "--systemd: the container has its groups already: leave it out");
  }
  if (section.has_state()) return Change(options, document, asked, section);
  CLEAT_ASSIGN_OR_RETURN(*section.mutable_state(),
                         Make(section.spec(), document));
  WarnOfRealTime(section.state(), MoversOf(options).processes);
  return cgroup::Move(section.state(), MoversOf(options));
}

// Where --path or --pid names the group: `then` once it is as asked.
absl::Status AtNamed(const Options& options, cgroup::Then then) {
  CLEAT_ASSIGN_OR_RETURN(const proto::CgroupSpec spec, AskedOf(options));
  cgroup::Warnings warnings;
  const auto rest = [&](const proto::CgroupState& state) {
    WarnOfRealTime(state, MoversOf(options).processes);
    return cgroup::Move(state, MoversOf(options), [&]() -> absl::Status {
      CLEAT_RETURN_IF_ERROR(cgroup::SetRules(state, spec, &warnings));
      Warn("cgset", warnings);
      return then(state);
    });
  };
  if (options.has_path()) {
    cgroup::Place place;
    place.path = options.path();
    return cgroup::MakeAt(place, spec, options.threaded(), rest, &warnings);
  }
  CLEAT_ASSIGN_OR_RETURN(const proto::CgroupState state,
                         cgroup::GroupsOf(static_cast<pid_t>(options.pid())));
  return cgroup::Update(state, spec, &warnings, [&] { return rest(state); });
}

// Returns only when that fails, back where this process came from.
absl::Status BecomeProgram(const Options& options,
                           const proto::CgroupState& state) {
  WarnOfRealTime(state, {0});
  CLEAT_ASSIGN_OR_RETURN(const proto::CgroupState before,
                         cgroup::GroupsOf(getpid()));
  absl::Status status = cgroup::MoveSelf(state);
  if (status.ok()) {
    status =
        ns::ExecProgram({options.program().begin(), options.program().end()});
  }
  cgroup::MoveSelf(before).IgnoreError();
  return status;
}

absl::Status Contradiction(absl::string_view what) {
  return cli::WithExitStatus(absl::InvalidArgumentError(what), 2);
}

}  // namespace

bool NamesGroup(const Options& options) {
  return options.has_path() || options.has_pid();
}

absl::Status CheckCgsetOptions(const Options& options) {
  const proto::FilterOptions& filter = options.filter();
  if (!options.exec() && !options.program().empty()) {
    return Contradiction(absl::StrCat("unexpected argument '",
                                      options.program(0),
                                      "' (--exec runs a program)"));
  }
  if (options.has_path() && options.has_pid()) {
    return Contradiction("--path, --pid: give either");
  }
  if (NamesGroup(options) && (filter.has_id() || filter.has_input())) {
    return Contradiction(
        "--path and --pid take no document: leave --id and "
        "--input out");
  }
  if (options.exec() && filter.defer()) {
    return Contradiction("--exec, --defer: give either");
  }
  if (NamesGroup(options) && (filter.defer() || options.spec().has_parent() ||
                              options.spec().systemd())) {
    return Contradiction(
        "--defer, --parent and --systemd are for a container's group, not for "
        "--path and --pid");
  }
  if (options.threaded() && !options.has_path()) {
    return Contradiction("--threaded: only for a group that --path names");
  }
  return absl::OkStatus();
}

absl::Status Cgset(const Options& options, cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(proto::Cgroup section,
                         document.Get<proto::Cgroup>("cgroup"));
  CLEAT_ASSIGN_OR_RETURN(const proto::CgroupSpec asked, AskedOf(options));
  *section.mutable_spec() = cgroup::Merge(section.spec(), asked);
  if (options.filter().defer()) {
    CLEAT_RETURN_IF_ERROR(cgroup::CheckSpec(section.spec()));
  } else {
    CLEAT_RETURN_IF_ERROR(ChangeOrMake(options, document, asked, section));
  }
  document.Set("cgroup", section);
  return absl::OkStatus();
}

absl::Status CgsetNamed(const Options& options) {
  return AtNamed(options,
                 [](const proto::CgroupState&) { return absl::OkStatus(); });
}

absl::StatusOr<cli::Outcome> CgsetExec(const Options& options,
                                       cli::Document& document) {
  if (options.program().empty()) {
    return absl::InvalidArgumentError("--exec: give a program to run");
  }
  if (NamesGroup(options)) {
    return AtNamed(options, [&](const proto::CgroupState& state) {
      return BecomeProgram(options, state);
    });
  }
  CLEAT_RETURN_IF_ERROR(Cgset(options, document));
  CLEAT_ASSIGN_OR_RETURN(const auto section,
                         document.Get<proto::Cgroup>("cgroup"));
  WarnOfRealTime(section.state(), {0});
  cli::Outcome outcome;
  CLEAT_ASSIGN_OR_RETURN(
      outcome.exit_status,
      RunInGroup(section.state(),
                 {options.program().begin(), options.program().end()}));
  return outcome;
}

}  // namespace cleat::stage
