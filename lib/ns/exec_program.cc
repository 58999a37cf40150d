#include "lib/ns/exec_program.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "lib/sys/child.h"
#include "lib/sys/errno.h"

namespace cleat::ns {
namespace {

absl::Status Exec(const std::string& path, std::vector<std::string> words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  // Tools ignore it, to be told of a closed pipe.
  signal(SIGPIPE, SIG_DFL);
  execvp(path.c_str(), argv.data());
  const char* const status = errno == ENOENT ? "127" : "126";
  absl::Status error = sys::ErrnoError("run ", path);
  error.SetPayload(sys::kExitStatusPayload, absl::Cord(status));
  return error;
}

absl::Status ExecShell() {
  const char* const named = getenv("SHELL");
  const std::string shell = named != nullptr && *named != 0 ? named : "/bin/sh";
  const std::string name = shell.substr(shell.rfind('/') + 1);
  return Exec(shell, {absl::StrCat("-", name)});
}

}  // namespace

absl::Status ExecProgram(const std::vector<std::string>& program) {
  return program.empty() ? ExecShell() : Exec(program[0], program);
}

}  // namespace cleat::ns
