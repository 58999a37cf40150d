#ifndef CLEAT_LIB_CLI_CONTAINERS_H_
#define CLEAT_LIB_CLI_CONTAINERS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "lib/journal/instance.h"
#include "lib/pb/table.h"

// Which containers a command line means.

namespace cleat::cli {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

// --id=ID…, the operands and --input=FILE, as the tool has them.
struct ContainerArguments {
  const Texts& ids;
  const Texts& operands;
  const std::string& input;
};

// The texts that name the containers: those of the command line; without any,
// the ids in the documents of --input or standard input.
absl::StatusOr<std::vector<std::string>> References(
    const pb::Tool& tool, const ContainerArguments& arguments);

// The containers named by id, unique beginning of one, or name; without any,
// those of the documents of --input or standard input, of which the instance
// id counts and nothing else. kNotFound for one that is gone.
absl::StatusOr<std::vector<journal::Instance>> SelectContainers(
    const pb::Tool& tool, const ContainerArguments& arguments);

// The same without those that are gone.
absl::StatusOr<std::vector<journal::Instance>> SelectPresentContainers(
    const pb::Tool& tool, const ContainerArguments& arguments);

// For tools that take exactly one: --id, the operand, or --input.
absl::StatusOr<journal::Instance> SelectContainer(const pb::Tool& tool,
                                                  const std::string& id,
                                                  const std::string& operand,
                                                  const std::string& input);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_CONTAINERS_H_
