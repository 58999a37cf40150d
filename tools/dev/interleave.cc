// How long commands take from spawn to end, compared with the first of them:
//
//   interleave [--runs=N] [--idle-ms=N] [--after=SCRIPT] COMMAND
//     [-- COMMAND]…
//
// A COMMAND is PROGRAM [ARG…], or several of these with the argument "|"
// between them: a pipeline, spawned without a shell. The commands take turns,
// so that what else the machine does hits all alike, and each time in another
// order: what one leaves to the kernel to clear away slows the next one down.
// They begin after --idle-ms of sleep; SCRIPT is run by the shell after each,
// unmeasured. The table shows each one's median, its fastest run, the ratio of
// medians to the first command, and the most memory that one process of it had.
// Their output goes to /dev/null.

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using Argv = std::vector<char*>;  // ends with nullptr

struct Command {
  std::vector<Argv> stages;
  std::vector<int64_t> nanoseconds;
  long peak_kib = 0;
};

struct Options {
  int runs = 500;
  int idle_ms = 0;
  const char* after = nullptr;
};

[[noreturn]] void Die(const char* act, const char* operand, int error) {
  fprintf(stderr, "interleave: %s %s: %s\n", act, operand, strerror(error));
  exit(1);
}

int64_t Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

// What stands between separators; empty parts are left out.
std::vector<Argv> Split(const Argv& arguments, const char* separator) {
  std::vector<Argv> parts(1);
  for (char* argument : arguments) {
    if (strcmp(argument, separator) == 0) {
      parts.emplace_back();
    } else {
      parts.back().push_back(argument);
    }
  }
  parts.erase(std::remove_if(parts.begin(), parts.end(),
                             [](const Argv& part) { return part.empty(); }),
              parts.end());
  return parts;
}

std::vector<Command> Commands(const Argv& arguments) {
  std::vector<Command> commands;
  for (const Argv& part : Split(arguments, "--")) {
    Command command;
    command.stages = Split(part, "|");
    for (Argv& stage : command.stages) stage.push_back(nullptr);
    commands.push_back(command);
  }
  return commands;
}

pid_t Spawn(const Argv& argv, int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (input >= 0) posix_spawn_file_actions_adddup2(&actions, input, 0);
  if (output >= 0) {
    posix_spawn_file_actions_adddup2(&actions, output, 1);
  } else {
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  }
  pid_t child;
  const int error =
      posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) Die("run", argv[0], error);
  return child;
}

void Check(const char* name, int status) {
  if (status == 0) return;
  fprintf(stderr, "interleave: %s: ended with wait status %#x\n", name,
          static_cast<unsigned>(status));
  exit(1);
}

// Returns its peak memory in KiB.
long Await(pid_t child, const char* name) {
  int status;
  rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) Die("wait for", name, errno);
  Check(name, status);
  return usage.ru_maxrss;
}

void RunOnce(Command& command) {
  std::vector<pid_t> children;
  const int64_t start = Now();
  int input = -1;
  for (const Argv& stage : command.stages) {
    int pipe_ends[2] = {-1, -1};
    const bool last = &stage == &command.stages.back();
    if (!last && pipe2(pipe_ends, O_CLOEXEC) != 0) Die("make", "pipe", errno);
    children.push_back(Spawn(stage, input, pipe_ends[1]));
    if (input >= 0) close(input);
    if (pipe_ends[1] >= 0) close(pipe_ends[1]);
    input = pipe_ends[0];
  }
  for (size_t i = 0; i < children.size(); ++i) {
    command.peak_kib =
        std::max(command.peak_kib, Await(children[i], command.stages[i][0]));
  }
  command.nanoseconds.push_back(Now() - start);
}

double MedianMicroseconds(const Command& command) {
  return static_cast<double>(
             command.nanoseconds[command.nanoseconds.size() / 2]) /
         1e3;
}

void Print(const Command& command, double baseline) {
  const double median = MedianMicroseconds(command);
  printf("%9.0f %9.0f %7.2f %7.1f  ", median,
         static_cast<double>(command.nanoseconds.front()) / 1e3,
         median / baseline, static_cast<double>(command.peak_kib) / 1024);
  for (const Argv& stage : command.stages) {
    if (&stage != &command.stages.front()) printf(" |");
    for (const char* argument : stage) {
      if (argument != nullptr) printf(" %s", argument);
    }
  }
  printf("\n");
}

// Returns the index of the first argument that is none.
int ParseOptions(int argc, char** argv, Options* options) {
  constexpr char kAfter[] = "--after=";
  int first = 1;
  for (; first < argc; ++first) {
    const char* const argument = argv[first];
    if (strncmp(argument, kAfter, strlen(kAfter)) == 0) {
      options->after = argument + strlen(kAfter);
    } else if (sscanf(argument, "--runs=%d", &options->runs) != 1 &&
               sscanf(argument, "--idle-ms=%d", &options->idle_ms) != 1) {
      break;
    }
  }
  return first;
}

void RunAll(const Options& options, std::vector<Command>& commands) {
  std::vector<Command*> order;
  order.reserve(commands.size());
  for (Command& command : commands) order.push_back(&command);
  std::mt19937 random;
  for (int run = 0; run < options.runs; ++run) {
    std::shuffle(order.begin(), order.end(), random);
    for (Command* const command : order) {
      if (options.idle_ms > 0) {
        usleep(static_cast<useconds_t>(options.idle_ms) * 1000);
      }
      RunOnce(*command);
      if (options.after != nullptr) {
        Check(options.after, system(options.after));
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const int first = ParseOptions(argc, argv, &options);
  std::vector<Command> commands = Commands(Argv(argv + first, argv + argc));
  if (commands.empty() || options.runs < 1 || options.idle_ms < 0) {
    fprintf(stderr,
            "usage: interleave [--runs=N] [--idle-ms=N] [--after=SCRIPT] "
            "PROGRAM [ARG...] [\"|\" PROGRAM [ARG...]]... [-- ...]...\n");
    return 2;
  }
  RunAll(options, commands);
  printf("%9s %9s %7s %7s   %s\n", "median us", "least us", "ratio", "MiB",
         "command");
  for (Command& command : commands) {
    std::sort(command.nanoseconds.begin(), command.nanoseconds.end());
  }
  for (const Command& command : commands) {
    Print(command, MedianMicroseconds(commands.front()));
  }
  return 0;
}
