// How long commands take from spawn to end, compared with the first of them:
//
//   startup_bench [--runs=N] COMMAND [ARG…] [-- COMMAND [ARG…]]…
//
// The commands take turns, so that what else the machine does hits all alike;
// the table shows each one's median, its fastest run, and the ratio of medians
// to the first command. Their output goes to /dev/null.

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

struct Command {
  std::vector<char*> argv;  // ends with nullptr
  std::vector<int64_t> nanoseconds;
};

int64_t Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

// Splits at "--". An empty command is left out.
std::vector<Command> Commands(char** begin, char** end) {
  std::vector<Command> commands;
  while (begin != end) {
    char** stop = std::find_if(
        begin, end, [](const char* arg) { return strcmp(arg, "--") == 0; });
    if (stop != begin) {
      Command command;
      command.argv.assign(begin, stop);
      command.argv.push_back(nullptr);
      commands.push_back(command);
    }
    begin = stop == end ? end : stop + 1;
  }
  return commands;
}

[[noreturn]] void Die(const char* act, const char* operand, int error) {
  fprintf(stderr, "startup_bench: %s %s: %s\n", act, operand, strerror(error));
  exit(1);
}

void RunOnce(Command& command, const posix_spawn_file_actions_t& quiet) {
  pid_t child;
  int status;
  const int64_t start = Now();
  const int error = posix_spawnp(&child, command.argv[0], &quiet, nullptr,
                                 command.argv.data(), environ);
  if (error != 0) Die("run", command.argv[0], error);
  if (waitpid(child, &status, 0) < 0) Die("wait for", command.argv[0], errno);
  command.nanoseconds.push_back(Now() - start);
  if (status != 0) {
    fprintf(stderr, "startup_bench: %s: ended with wait status %#x\n",
            command.argv[0], static_cast<unsigned>(status));
    exit(1);
  }
}

double MedianMicroseconds(const Command& command) {
  return static_cast<double>(
             command.nanoseconds[command.nanoseconds.size() / 2]) /
         1e3;
}

void Print(const Command& command, double baseline) {
  const double median = MedianMicroseconds(command);
  printf("%9.0f %9.0f %7.2f  ", median,
         static_cast<double>(command.nanoseconds.front()) / 1e3,
         median / baseline);
  for (const char* arg : command.argv) {
    if (arg != nullptr) printf(" %s", arg);
  }
  printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  int runs = 500;
  int first = 1;
  if (argc > 1 && sscanf(argv[1], "--runs=%d", &runs) == 1) first = 2;
  std::vector<Command> commands = Commands(argv + first, argv + argc);
  if (commands.empty() || runs < 1) {
    fprintf(stderr,
            "usage: startup_bench [--runs=N] COMMAND [ARG...] "
            "[-- COMMAND [ARG...]]...\n");
    return 2;
  }
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  for (int run = 0; run < runs; ++run) {
    for (Command& command : commands) RunOnce(command, quiet);
  }
  printf("%9s %9s %7s   %s\n", "median us", "least us", "ratio", "command");
  for (Command& command : commands) {
    std::sort(command.nanoseconds.begin(), command.nanoseconds.end());
    Print(command, MedianMicroseconds(commands.front()));
  }
  return 0;
}
