#include "lib/runtime/environment.h"

#include <stdlib.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/runtime/defaults.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

// execve(2) takes no more for all strings together, usually.
constexpr size_t kMaxFile = size_t{2} << 20;

bool IsSet(const Env& env, absl::string_view name) {
  const std::string prefix = absl::StrCat(name, "=");
  for (const std::string& entry : env) {
    if (absl::StartsWith(entry, prefix)) return true;
  }
  return false;
}

void AddRequested(const std::string& entry, Env* env) {
  if (absl::StrContains(entry, '=')) {
    SetEnv(entry, env);
  } else if (const char* value = getenv(entry.c_str())) {
    SetEnv(absl::StrCat(entry, "=", value), env);
  }
}

void AddHost(Env* env) {
  for (char** entry = environ; *entry != nullptr; ++entry) SetEnv(*entry, env);
}

absl::Status AddFile(const std::string& path, Env* env) {
  CLEAT_ASSIGN_OR_RETURN(const std::string text, sys::ReadFile(path, kMaxFile));
  const auto entries = ParseEnvFile(text);
  if (!entries.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--env-file ", path, ": ", entries.status().message()));
  }
  for (const std::string& entry : *entries) AddRequested(entry, env);
  return absl::OkStatus();
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

}  // namespace

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

absl::StatusOr<std::vector<std::string>> ParseEnvFile(absl::string_view text) {
  std::vector<std::string> entries;
  int number = 0;
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    absl::ConsumeSuffix(&line, "\r");
    line = absl::StripLeadingAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const absl::string_view name = line.substr(0, line.find('='));
    if (name.empty() ||
        name.find_first_of(" \t\v\f") != absl::string_view::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, ": '", name,
                       "': give NAME=VALUE without blanks in "
                       "NAME"));
    }
    entries.push_back(std::string(line));
  }
  return entries;
}

absl::StatusOr<Env> BuildEnv(const EnvSources& sources) {
  const proto::ProcessSpec& process = sources.process;
  Env env;
  SetEnv(absl::StrCat("PATH=", kDefaultPath), &env);
  SetEnv(absl::StrCat("HOSTNAME=", sources.hostname), &env);
  if (process.tty()) SetEnv("TERM=xterm", &env);
  for (const std::string& entry : sources.image.env()) SetEnv(entry, &env);
  if (process.env_host()) AddHost(&env);
  for (const std::string& path : process.env_file()) {
    CLEAT_RETURN_IF_ERROR(AddFile(path, &env));
  }
  for (const std::string& entry : process.env()) AddRequested(entry, &env);
  if (!IsSet(env, "HOME")) SetEnv(absl::StrCat("HOME=", sources.home), &env);
  CLEAT_RETURN_IF_ERROR(CheckEnv(env));
  return env;
}

}  // namespace cleat::runtime
