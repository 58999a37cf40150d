// The last program of ours that runs in a container, and the only one that its
// processes can ever get hold of: it is linked with nothing, holds nothing of
// the host, and is run from memory that nobody can write to (launcher.h).
//
//   launcher -- PROGRAM [ARG...]
//
// The first string of its environment says what it does, and is not passed on:
// "CLEAT_LAUNCH=MODE,FD,PATH". MODE x runs the file PATH as PROGRAM in its
// place; i runs it as a child, as the first process of a container does, until
// the child ends: reaps orphans and passes signals on. FD is the report pipe
// (lib/sys/child.h) for an exec that fails.

#include <asm/ioctls.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/signal.h>
#include <linux/wait.h>

#include "lib/sys/child_record.h"

namespace {

constexpr char kPrefix[] = "CLEAT_LAUNCH=";
constexpr int kRefused = 126;
constexpr unsigned long kAllSignals = ~0UL;
constexpr long kInterrupted = -4;  // EINTR

#if defined(__x86_64__)
long Call(long number, long a = 0, long b = 0, long c = 0, long d = 0,
          long e = 0) {
  long result;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
               : "rcx", "r11", "memory");
  return result;
}
asm(".globl _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call Launch\n");
#elif defined(__aarch64__)
long Call(long number, long a = 0, long b = 0, long c = 0, long d = 0,
          long e = 0) {
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  register long x4 asm("x4") = e;
  asm volatile("svc 0"
               : "+r"(x0)
               : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
               : "memory");
  return x0;
}
asm(".globl _start\n_start: mov x0, sp\n bl Launch\n");
#else
#error "write the system call of this architecture"
#endif

long Address(const void* pointer) { return reinterpret_cast<long>(pointer); }

[[noreturn]] void Exit(int status) {
  for (;;) Call(__NR_exit_group, status);
}

struct Launch {
  char mode;
  int report;
  const char* path;
  char** argv;
  char** envp;
};

// False for what nobody of ours has written: this program was run by a
// container.
bool Parse(char** argv, char** envp, Launch* launch) {
  const char* text = envp[0];
  if (text == nullptr || argv[0] == nullptr || argv[1] == nullptr) return false;
  for (const char* expected = kPrefix; *expected != '\0'; ++expected, ++text) {
    if (*text != *expected) return false;
  }
  launch->mode = *text;
  if (*text == '\0' || text[1] != ',') return false;
  launch->report = 0;
  for (text += 2; *text >= '0' && *text <= '9'; ++text) {
    launch->report = launch->report * 10 + (*text - '0');
  }
  if (*text != ',') return false;
  launch->path = text + 1;
  launch->argv = argv + 2;
  launch->envp = envp + 1;
  return launch->argv[0] != nullptr;
}

template <int kSize>
void Copy(const char* text, char (&out)[kSize]) {
  int i = 0;
  for (; i < kSize - 1 && text[i] != '\0'; ++i) out[i] = text[i];
  for (; i < kSize; ++i) out[i] = '\0';
}

[[noreturn]] void Exec(const Launch& launch) {
  Call(__NR_fcntl, launch.report, F_SETFD, 1 /* FD_CLOEXEC */);
  const int error =
      static_cast<int>(-Call(__NR_execve, Address(launch.path),
                             Address(launch.argv), Address(launch.envp)));
  cleat::sys::ChildRecord record;
  record.kind = cleat::sys::ReportKind::kExec;
  record.error = error;
  Copy("run", record.step);
  Copy(launch.argv[0], record.operand);
  Copy(cleat::sys::ReasonOfExec(error), record.reason);
  Call(__NR_write, launch.report, Address(&record), sizeof(record));
  Exit(cleat::sys::StatusOfExec(error));
}

// A group of its own, which is the one in the foreground where there is a
// terminal: its keys are for the program, not for this process.
[[noreturn]] void ExecAsChild(const Launch& launch) {
  const int group = static_cast<int>(Call(__NR_getpid));
  Call(__NR_setpgid, 0, 0);
  Call(__NR_ioctl, 0, TIOCSPGRP, Address(&group));
  const unsigned long none = 0;
  Call(__NR_rt_sigprocmask, SIG_SETMASK, Address(&none), 0, sizeof(none));
  Exec(launch);
}

// 128+N for signal N, as a shell says it.
int ExitStatus(int status) {
  const int signal = status & 0x7f;
  return signal != 0 ? 128 + signal : (status >> 8) & 0xff;
}

// Reaps all that have ended; ends as the program has.
void Reap(long program) {
  int status = 0;
  for (;;) {
    const long pid = Call(__NR_wait4, -1, Address(&status), WNOHANG, 0);
    if (pid == program) Exit(ExitStatus(status));
    if (pid <= 0 && pid != kInterrupted) return;
  }
}

[[noreturn]] void Supervise(long program) {
  for (;;) {
    const long signal = Call(__NR_rt_sigtimedwait, Address(&kAllSignals), 0, 0,
                             sizeof(kAllSignals));
    if (signal == SIGCHLD) {
      Reap(program);
    } else if (signal > 0) {
      Call(__NR_kill, program, signal);
    }
  }
}

// Signals are blocked already where none may come too early: the mask is kept
// by exec.
[[noreturn]] void RunAsInit(const Launch& launch) {
  Call(__NR_rt_sigprocmask, SIG_SETMASK, Address(&kAllSignals), 0,
       sizeof(kAllSignals));
  const long program = Call(__NR_clone, SIGCHLD);
  if (program == 0) ExecAsChild(launch);
  if (program < 0) Exit(kRefused);
  Call(__NR_close, launch.report);
  Supervise(program);
}

}  // namespace

extern "C" [[noreturn]] void Launch(long* stack);

// The stack as the kernel leaves it: argc, argv, a null, envp, a null.
extern "C" [[noreturn]] void Launch(long* stack) {
  char** const argv = reinterpret_cast<char**>(stack + 1);
  struct Launch launch;
  if (!Parse(argv, argv + stack[0] + 1, &launch)) Exit(kRefused);
  if (launch.mode == 'i') RunAsInit(launch);
  Exec(launch);
}
