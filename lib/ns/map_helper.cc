#include "lib/ns/map_helper.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

constexpr size_t kOutputLimit = size_t{4} << 10;

std::vector<std::string> Arguments(const char* helper, pid_t pid,
                                   const IdMap& map) {
  std::vector<std::string> arguments = {helper, absl::StrCat(pid)};
  for (const IdRange& range : map) {
    arguments.push_back(absl::StrCat(range.inside));
    arguments.push_back(absl::StrCat(range.outside));
    arguments.push_back(absl::StrCat(range.count));
  }
  return arguments;
}

// Starts the program, its output and errors going to `output`.
int Spawn(std::vector<std::string>& arguments, int output, pid_t* pid) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(&argument[0]);
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const auto destroy =
      absl::MakeCleanup([&] { posix_spawn_file_actions_destroy(&actions); });
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  return posix_spawnp(pid, argv[0], &actions, nullptr, argv.data(), environ);
}

absl::Status NotStarted(const IdKindNames& names, int error) {
  const char* cure =
      error == ENOENT ? " (the package uidmap, or shadow-utils, has it)" : "";
  const absl::Status status =
      absl::ErrnoToStatus(error, absl::StrCat("run ", names.helper));
  return absl::Status(status.code(), absl::StrCat(status.message(), cure));
}

absl::Status Refused(const IdKindNames& names, absl::string_view said) {
  std::string reason(absl::StripAsciiWhitespace(said));
  if (reason.empty()) reason = absl::StrCat(names.helper, ": failed");
  return absl::PermissionDeniedError(
      absl::StrCat(reason, " (ids come from ", names.subid_file, "; ",
                   names.helper, " must be setuid root)"));
}

}  // namespace

absl::Status RunMapHelper(IdKind kind, pid_t pid, const IdMap& map) {
  const IdKindNames& names = NamesOf(kind);
  std::vector<std::string> arguments = Arguments(names.helper, pid, map);
  const std::string shown = absl::StrJoin(arguments, " ");
  const trace::Span span("run", shown);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return sys::ErrnoError("make pipe");
  const sys::Fd read_end(ends[0]);
  sys::Fd write_end(ends[1]);
  pid_t helper;
  const int error = Spawn(arguments, write_end.get(), &helper);
  if (error != 0) return NotStarted(names, error);
  write_end.Reset();
  const absl::StatusOr<std::string> said =
      sys::ReadAll(read_end.get(), kOutputLimit, names.helper);
  int status = 0;
  sys::RetryOnEintr([&] { return waitpid(helper, &status, 0); });
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return Refused(names, said.value_or(""));
}

}  // namespace cleat::ns
