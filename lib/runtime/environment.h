#ifndef CLEAT_LIB_RUNTIME_ENVIRONMENT_H_
#define CLEAT_LIB_RUNTIME_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "proto/image.pb.h"
#include "proto/process.pb.h"

// The environment of a container's program, "NAME=VALUE" each.

namespace cleat::runtime {

using Env = google::protobuf::RepeatedPtrField<std::string>;

// Whom an environment is for, besides what is asked for.
struct EnvSources {
  const proto::ImageConfig& image;
  const proto::ProcessSpec& process;
  std::string hostname;
  // The user's directory, which is HOME where nobody says otherwise.
  std::string home;
};

// What says a name later wins: Docker's defaults, the image, the caller's whole
// environment (`env_host`), each file of `env_file`, and `env`. NAME alone
// takes the caller's value, and is nothing when he has none. kInvalidArgument
// names the entry that is no NAME=VALUE, and its file; a file that cannot be
// read is its own error.
absl::StatusOr<Env> BuildEnv(const EnvSources& sources);

// Sets NAME=VALUE, over an earlier value of NAME.
void SetEnv(const std::string& assignment, Env* env);

// The entries of the text of a file for `env_file`, as docker run reads it: a
// line each, with no quotes and nothing after the value; lines that are empty
// or begin with '#' are passed over. kInvalidArgument names the line of what is
// no entry.
absl::StatusOr<std::vector<std::string>> ParseEnvFile(absl::string_view text);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_ENVIRONMENT_H_
