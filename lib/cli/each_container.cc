#include "lib/cli/each_container.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::cli {

void EachResult::Done(const std::string& reference) {
  result_.Update(sys::WriteAll(STDOUT_FILENO, absl::StrCat(reference, "\n"),
                               "standard output"));
}

void EachResult::Failed(const absl::Status& status) {
  result_ = result_.ok() ? status
                         : absl::Status(result_.code(),
                                        absl::StrCat(result_.message(), "; ",
                                                     status.message()));
}

absl::StatusOr<std::vector<NamedContainer>> ResolveContainers(
    const pb::Tool& tool, const ContainerArguments& arguments) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> references,
                         References(tool, arguments));
  std::vector<NamedContainer> containers;
  for (const std::string& reference : references) {
    Texts one;
    *one.Add() = reference;
    absl::StatusOr<std::vector<journal::Instance>> found =
        SelectContainers(tool, {one, Texts(), arguments.input});
    if (found.ok()) {
      containers.push_back({reference, std::move(found->front())});
    } else {
      containers.push_back({reference, found.status()});
    }
  }
  return containers;
}

absl::Status ForEachContainer(
    const pb::Tool& tool, const ContainerArguments& arguments,
    absl::FunctionRef<absl::Status(const journal::Instance& instance)> act) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<NamedContainer> containers,
                         ResolveContainers(tool, arguments));
  EachResult result;
  for (const NamedContainer& container : containers) {
    result.Add(container.reference, container.instance.ok()
                                        ? act(*container.instance)
                                        : container.instance.status());
  }
  return std::move(result).ToStatus();
}

std::string DisplayName(const journal::Instance& instance) {
  return instance.name().empty() ? instance.id().substr(0, 12)
                                 : instance.name();
}

}  // namespace cleat::cli
