// cgset: gives a container, or any group, limits, or runs a program in a group.

#include "lib/stage/cgset.h"

#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "proto/cgroup.table.h"

namespace cleat {
namespace {

using Options = proto::CgsetOptions;

bool IsRunner(const Options& options) { return options.exec(); }

bool IsSource(const Options& options) {
  return stage::NamesGroup(options) ||
         (options.exec() && !options.filter().has_input());
}

absl::StatusOr<cli::Outcome> Set(const Options& options,
                                 cli::Document& document) {
  CLEAT_RETURN_IF_ERROR(stage::CheckCgsetOptions(options));
  cli::Outcome outcome;
  outcome.emit = !stage::NamesGroup(options);
  CLEAT_RETURN_IF_ERROR(outcome.emit ? stage::Cgset(options, document)
                                     : stage::CgsetNamed(options));
  return outcome;
}

absl::StatusOr<cli::Outcome> Run(const Options& options,
                                 cli::Document& document) {
  const absl::Status status = stage::CheckCgsetOptions(options);
  if (!status.ok()) return cli::WithExitStatus(status, 125);
  return stage::CgsetExec(options, document);
}

}  // namespace

CLEAT_RUNNER_OR_FILTER(proto::CgsetOptions, Run, Set, IsRunner, IsSource);

}  // namespace cleat
