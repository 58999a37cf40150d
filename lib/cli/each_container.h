#ifndef CLEAT_LIB_CLI_EACH_CONTAINER_H_
#define CLEAT_LIB_CLI_EACH_CONTAINER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/cli/containers.h"

// Tools that do the same to several containers, as `docker stop a b c` does:
// each that is done is named on standard output as it was asked for, and one
// that fails keeps none of the others from it.

namespace cleat::cli {

struct NamedContainer {
  // As it was typed, or the id from a document.
  std::string reference;
  absl::StatusOr<journal::Instance> instance;
};

// The containers of SelectContainers, each with its own error.
absl::StatusOr<std::vector<NamedContainer>> ResolveContainers(
    const pb::Tool& tool, const ContainerArguments& arguments);

// What became of each.
class EachResult {
 public:
  // Prints the reference.
  void Done(const std::string& reference);
  void Failed(const absl::Status& status);
  void Add(const std::string& reference, const absl::Status& status) {
    status.ok() ? Done(reference) : Failed(status);
  }

  // All errors in one line; the code of the first.
  absl::Status ToStatus() && { return std::move(result_); }

 private:
  absl::Status result_;
};

absl::Status ForEachContainer(
    const pb::Tool& tool, const ContainerArguments& arguments,
    absl::FunctionRef<absl::Status(const journal::Instance& instance)> act);

// "web", or the short id of one without a name.
std::string DisplayName(const journal::Instance& instance);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_EACH_CONTAINER_H_
