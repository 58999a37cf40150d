// Writes which functions a program calls, in the order of their first calls,
// a name a line: what the linker takes to lay them beside each other.
//
//   first_calls SYMBOLS OUTPUT PROGRAM [ARGUMENT...]
//
// SYMBOLS has an address (hexadecimal) and a name in each line. Every function
// begins with a trap, which is taken away when it is first met. Processes that
// the program clones are followed, until they run another one.

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

namespace {

constexpr uint64_t kTrap = 0xcc;

struct Function {
  std::string name;
  uint64_t first_byte = 0;
};

using Functions = std::map<uint64_t, Function>;

[[noreturn]] void Fail(const char* what) {
  fprintf(stderr, "first_calls: %s: %s\n", what, strerror(errno));
  _exit(1);
}

Functions ReadSymbols(const char* path) {
  Functions functions;
  std::ifstream file(path);
  std::string address, name;
  while (file >> address >> name) {
    functions.emplace(strtoull(address.c_str(), nullptr, 16),
                      Function{name, 0});
  }
  return functions;
}

uint64_t ReadByte(pid_t pid, uint64_t address) {
  errno = 0;
  const auto word = static_cast<uint64_t>(
      ptrace(PTRACE_PEEKTEXT, pid, address & ~uint64_t{7}, nullptr));
  if (errno != 0) Fail("read the program");
  return word >> (address % 8 * 8) & 0xff;
}

void WriteByte(pid_t pid, uint64_t address, uint64_t byte) {
  const uint64_t shift = address % 8 * 8;
  const uint64_t aligned = address & ~uint64_t{7};
  const auto word =
      static_cast<uint64_t>(ptrace(PTRACE_PEEKTEXT, pid, aligned, nullptr));
  const uint64_t changed = (word & ~(uint64_t{0xff} << shift)) | byte << shift;
  if (ptrace(PTRACE_POKETEXT, pid, aligned, changed) != 0) {
    Fail("write to the program");
  }
}

pid_t StartTraced(char** argv) {
  const pid_t pid = fork();
  if (pid == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    execvp(argv[0], argv);
    Fail(argv[0]);
  }
  int status;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) {
    Fail("start the program");
  }
  ptrace(PTRACE_SETOPTIONS, pid, nullptr,
         PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
             PTRACE_O_TRACEEXEC);
  return pid;
}

void SetTraps(pid_t pid, Functions* functions) {
  for (auto& [address, function] : *functions) {
    function.first_byte = ReadByte(pid, address);
  }
  for (const auto& [address, function] : *functions) {
    WriteByte(pid, address, kTrap);
  }
}

// Whether `pid` has stopped at a trap, which it then goes on from.
bool Enter(pid_t pid, const Functions& functions, std::set<uint64_t>* called,
           std::ofstream* output) {
  struct user_regs_struct registers;
  if (ptrace(PTRACE_GETREGS, pid, nullptr, &registers) != 0) return false;
  const auto function = functions.find(registers.rip - 1);
  if (function == functions.end()) return false;
  if (called->insert(function->first).second) {
    *output << function->second.name << "\n";
  }
  WriteByte(pid, function->first, function->second.first_byte);
  --registers.rip;
  return ptrace(PTRACE_SETREGS, pid, nullptr, &registers) == 0;
}

void Follow(const Functions& functions, std::ofstream* output) {
  std::set<uint64_t> called;
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, __WALL)) > 0) {
    if (!WIFSTOPPED(status)) continue;
    const int event = status >> 16;
    int signal = WSTOPSIG(status);
    if (event == PTRACE_EVENT_EXEC) {
      ptrace(PTRACE_DETACH, pid, nullptr, 0);
      continue;
    }
    const bool ours =
        event != 0 || signal == SIGSTOP ||
        (signal == SIGTRAP && Enter(pid, functions, &called, output));
    if (ours) signal = 0;
    ptrace(PTRACE_CONT, pid, nullptr, signal);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fprintf(stderr,
            "usage: first_calls SYMBOLS OUTPUT PROGRAM [ARGUMENT...]\n");
    return 2;
  }
  Functions functions = ReadSymbols(argv[1]);
  std::ofstream output(argv[2]);
  const pid_t pid = StartTraced(argv + 3);
  SetTraps(pid, &functions);
  ptrace(PTRACE_CONT, pid, nullptr, 0);
  Follow(functions, &output);
  output.close();
  return output.good() ? 0 : 1;
}
