// ns-pin: keeps namespaces alive without a process in them.

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/journal/state_root.h"
#include "lib/ns/choice.h"
#include "lib/ns/pin.h"
#include "lib/ns/pin_list.h"
#include "lib/pb/json.h"
#include "lib/stage/namespace_source.h"
#include "proto/ns_tools.table.h"

namespace cleat {
namespace {

using Options = proto::NsPinOptions;

std::vector<std::string> Row(const proto::Pin& pin) {
  const bool gone = pin.kind().empty();
  const std::string holder = gone ? "gone"
                             : pin.has_holder()
                                 ? absl::StrCat("process ", pin.holder().pid())
                                 : "mount";
  return {pin.name().empty() ? "-" : pin.name(), gone ? "-" : pin.kind(),
          gone ? "-" : absl::StrCat(pin.inode()), holder, pin.path()};
}

absl::Status List(const Options& options, const std::string& root,
                  std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<proto::Pin> pins,
                         ns::ListPins(root));
  if (options.query().json()) {
    for (const proto::Pin& pin : pins) {
      absl::StrAppend(output, pb::ToJson(pin), "\n");
    }
    return absl::OkStatus();
  }
  cli::Table table({"NAME", "KIND", "INODE", "HELD BY", "PATH"});
  for (const proto::Pin& pin : pins) table.AddRow(Row(pin));
  *output = table.ToString();
  return absl::OkStatus();
}

absl::Status Release(const Options& options, const std::string& root) {
  if (options.names().empty()) {
    return absl::InvalidArgumentError("--release: which? NAME or FILE");
  }
  for (const std::string& name : options.names()) {
    CLEAT_RETURN_IF_ERROR(ns::ReleasePin(root, name));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ns::OpenedNamespace>> Chosen(
    const Options& options) {
  CLEAT_ASSIGN_OR_RETURN(
      ns::Source source,
      stage::NamespaceSource(pb::ToolOf<Options>(), options.target()));
  CLEAT_ASSIGN_OR_RETURN(ns::JoinPlan plan,
                         ns::Choose(options.choice(), /*whole=*/false, source));
  if (plan.Flags() == 0) {
    return absl::InvalidArgumentError(
        "no namespace is named (--net, …, or --all of a --target)");
  }
  return ns::OpenAll(std::move(plan), source);
}

// Prints where what is kept can be opened.
absl::Status Make(const Options& options, const std::string& root,
                  std::string* output) {
  if (options.names_size() != (options.has_at() ? 0 : 1)) {
    return absl::InvalidArgumentError(
        "under which name? one NAME is expected, or --at=FILE");
  }
  CLEAT_ASSIGN_OR_RETURN(const std::vector<ns::OpenedNamespace> chosen,
                         Chosen(options));
  if (options.has_at()) {
    if (chosen.size() != 1 || options.hold()) {
      return absl::InvalidArgumentError(
          "--at: takes exactly one namespace, without --hold");
    }
    CLEAT_RETURN_IF_ERROR(ns::MakePinAt(options.at(), chosen[0]));
    *output = absl::StrCat(options.at(), "\n");
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(
      const std::vector<std::string> paths,
      ns::MakePin(root, options.names(0), chosen,
                  options.hold() ? ns::PinBy::kProcess : ns::PinBy::kMount));
  *output = absl::StrCat(absl::StrJoin(paths, "\n"), "\n");
  return absl::OkStatus();
}

absl::Status NsPin(const Options& options, std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  if (options.list()) return List(options, root, output);
  if (options.release()) return Release(options, root);
  return Make(options, root, output);
}

}  // namespace

CLEAT_QUERY(proto::NsPinOptions, NsPin);

}  // namespace cleat
