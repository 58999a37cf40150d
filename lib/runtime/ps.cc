#include "lib/runtime/ps.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/clone.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"

namespace cleat::runtime {
namespace {

constexpr size_t kMaxOutput = size_t{64} << 20;
constexpr int kNoProgram = 127;

using Words = std::vector<absl::string_view>;

Words Split(absl::string_view line) {
  return absl::StrSplit(line, ' ', absl::SkipEmpty());
}

std::vector<char*> Argv(std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(&argument[0]);
  argv.push_back(nullptr);
  return argv;
}

struct Ended {
  int status;
  std::string output;
};

// Its errors come in its output: one pipe, and no order of reading to mind.
absl::StatusOr<Ended> Capture(std::vector<std::string> arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return sys::ErrnoError("make pipe");
  const sys::Fd read_end(ends[0]);
  sys::Fd write_end(ends[1]);
  const std::vector<char*> argv = Argv(arguments);
  CLEAT_ASSIGN_OR_RETURN(const sys::ChildProcess child, sys::Clone({}, [&] {
                           dup2(write_end.get(), STDOUT_FILENO);
                           dup2(write_end.get(), STDERR_FILENO);
                           execvp(argv[0], argv.data());
                           _exit(kNoProgram);
                         }));
  write_end.Reset();
  Ended ended;
  CLEAT_ASSIGN_OR_RETURN(ended.output,
                         sys::ReadAll(read_end.get(), kMaxOutput, "ps"));
  CLEAT_ASSIGN_OR_RETURN(ended.status, sys::WaitForExit(child.pidfd.get()));
  return ended;
}

}  // namespace

absl::StatusOr<std::string> FilterPs(absl::string_view output,
                                     const std::vector<pid_t>& pids) {
  const std::vector<absl::string_view> lines =
      absl::StrSplit(output, '\n', absl::SkipEmpty());
  const Words heading = lines.empty() ? Words() : Split(lines[0]);
  const auto column = std::find(heading.begin(), heading.end(), "PID");
  if (column == heading.end()) {
    return absl::InvalidArgumentError(
        "ps: its output has no column PID (add -o pid)");
  }
  std::string result = absl::StrCat(lines[0], "\n");
  for (size_t i = 1; i < lines.size(); ++i) {
    const Words words = Split(lines[i]);
    const auto index = static_cast<size_t>(column - heading.begin());
    pid_t pid;
    const bool wanted = index < words.size() &&
                        absl::SimpleAtoi(words[index], &pid) &&
                        std::find(pids.begin(), pids.end(), pid) != pids.end();
    if (wanted) absl::StrAppend(&result, lines[i], "\n");
  }
  return result;
}

absl::StatusOr<std::string> RunPs(const std::vector<std::string>& options,
                                  const std::vector<pid_t>& pids) {
  std::vector<std::string> arguments = {"ps"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  trace::Span span("run", "ps");
  CLEAT_ASSIGN_OR_RETURN(const Ended ended, Capture(arguments));
  if (ended.status == kNoProgram) {
    return absl::NotFoundError("ps: there is no such program (procps has it)");
  }
  if (ended.status != 0) {
    const absl::string_view text = absl::StripAsciiWhitespace(ended.output);
    return absl::InvalidArgumentError(
        absl::StrCat("ps: ", text.substr(0, text.find('\n'))));
  }
  return FilterPs(ended.output, pids);
}

}  // namespace cleat::runtime
