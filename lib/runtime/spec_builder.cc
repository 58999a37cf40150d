#include "lib/runtime/spec_builder.h"

#include <stdlib.h>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/runtime/defaults.h"
#include "lib/runtime/user.h"

namespace cleat::runtime {
namespace {

using Env = google::protobuf::RepeatedPtrField<std::string>;

// Docker's host name is the beginning of the id.
constexpr size_t kShortId = 12;
// linux/utsname.h, __NEW_UTS_LEN.
constexpr size_t kMaxHostname = 64;

bool IsSet(const Env& env, absl::string_view name) {
  const std::string prefix = absl::StrCat(name, "=");
  for (const std::string& entry : env) {
    if (absl::StartsWith(entry, prefix)) return true;
  }
  return false;
}

// "NAME" alone takes the caller's value, and is nothing when he has none.
void AddRequested(const std::string& entry, Env* env) {
  if (absl::StrContains(entry, '=')) {
    SetEnv(entry, env);
  } else if (const char* value = getenv(entry.c_str())) {
    SetEnv(absl::StrCat(entry, "=", value), env);
  }
}

absl::Status CheckEnv(const Env& env) {
  for (const std::string& entry : env) {
    if (entry.find('=') == 0 || entry.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("environment '", entry, "': give NAME=VALUE"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Env> BuildEnv(const SpecSources& sources,
                             const std::string& hostname, const User& user) {
  Env env;
  SetEnv(absl::StrCat("PATH=", kDefaultPath), &env);
  SetEnv(absl::StrCat("HOSTNAME=", hostname), &env);
  if (sources.process.tty()) SetEnv("TERM=xterm", &env);
  for (const std::string& entry : sources.image.env()) SetEnv(entry, &env);
  for (const std::string& entry : sources.process.env()) {
    AddRequested(entry, &env);
  }
  if (!IsSet(env, "HOME")) SetEnv(absl::StrCat("HOME=", user.home), &env);
  CLEAT_RETURN_IF_ERROR(CheckEnv(env));
  return env;
}

absl::StatusOr<std::string> Hostname(const SpecSources& sources) {
  const std::string name = sources.process.has_hostname()
                               ? sources.process.hostname()
                               : sources.id.substr(0, kShortId);
  if (name.size() <= kMaxHostname && name.find('\0') == std::string::npos) {
    return name;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "hostname '", name, "': at most ", kMaxHostname, " bytes are allowed"));
}

absl::StatusOr<std::string> Workdir(const SpecSources& sources) {
  std::string path = sources.process.has_workdir()
                         ? sources.process.workdir()
                         : sources.image.working_dir();
  if (path.empty()) path = "/";
  if (path[0] == '/') return path;
  return absl::InvalidArgumentError(
      absl::StrCat("working directory '", path, "': give an absolute path"));
}

void SetUser(const User& user, proto::oci::User* out) {
  out->set_uid(user.uid);
  out->set_gid(user.gid);
  for (const uint32_t gid : user.additional_gids) {
    out->add_additional_gids(gid);
  }
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ProgramOf(const SpecSources& sources) {
  const auto& own = sources.process.args();
  if (!own.empty()) return std::vector<std::string>(own.begin(), own.end());
  const auto& entrypoint = sources.image.entrypoint();
  std::vector<std::string> argv(entrypoint.begin(), entrypoint.end());
  if (!sources.args.empty()) {
    argv.insert(argv.end(), sources.args.begin(), sources.args.end());
  } else {
    argv.insert(argv.end(), sources.image.cmd().begin(),
                sources.image.cmd().end());
  }
  if (!argv.empty() && !argv[0].empty()) return argv;
  return absl::InvalidArgumentError(
      "run: no program: the image names none, so give one after the options");
}

absl::StatusOr<proto::oci::Spec> BuildSpec(const SpecSources& sources,
                                           int root) {
  proto::oci::Spec spec = DefaultSpec();
  proto::oci::Process& process = *spec.mutable_process();
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> argv,
                         ProgramOf(sources));
  for (const std::string& arg : argv) process.add_args(arg);
  CLEAT_ASSIGN_OR_RETURN(
      const User user,
      ResolveUser(root, sources.process.has_user() ? sources.process.user()
                                                   : sources.image.user()));
  SetUser(user, process.mutable_user());
  CLEAT_ASSIGN_OR_RETURN(const std::string hostname, Hostname(sources));
  spec.set_hostname(hostname);
  CLEAT_ASSIGN_OR_RETURN(*process.mutable_env(),
                         BuildEnv(sources, hostname, user));
  CLEAT_ASSIGN_OR_RETURN(*process.mutable_cwd(), Workdir(sources));
  if (sources.process.tty()) process.set_terminal(true);
  spec.mutable_root()->set_readonly(sources.rootfs.read_only());
  return spec;
}

void SetEnv(const std::string& assignment, Env* env) {
  const size_t equals = assignment.find('=');
  const std::string prefix = absl::StrCat(assignment.substr(0, equals), "=");
  for (std::string& entry : *env) {
    if (absl::StartsWith(entry, prefix)) {
      entry = assignment;
      return;
    }
  }
  *env->Add() = assignment;
}

}  // namespace cleat::runtime
