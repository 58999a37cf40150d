#ifndef CLEAT_LIB_SYS_CHILD_RECORD_H_
#define CLEAT_LIB_SYS_CHILD_RECORD_H_

// What a child writes to its report pipe (child.h). Needs no library, for what
// is linked with none.

namespace cleat::sys {

enum class ReportKind : int { kReady, kErrno, kRefused, kExec };

// Smaller than PIPE_BUF, so that it is written and read whole. All texts end
// with a NUL.
struct ChildRecord {
  ReportKind kind;
  int error;
  char step[64];
  char operand[512];
  char reason[256];
};

// What errno says not of an execve(2) that failed; empty where it says enough.
struct ExecReason {
  int error;
  const char* text;
};
inline constexpr ExecReason kExecReasons[] = {
    {8 /* ENOEXEC */,
     "neither a script with a #! line nor a program of this machine's "
     "architecture"},
    {2 /* ENOENT */,
     "it exists, but the interpreter or dynamic loader that it names does "
     "not"},
};
constexpr const char* ReasonOfExec(int error) {
  for (const ExecReason& reason : kExecReasons) {
    if (reason.error == error) return reason.text;
  }
  return "";
}

// The exit status of a child that could not run its program.
constexpr int StatusOfExec(int error) { return error == 2 ? 127 : 126; }

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_CHILD_RECORD_H_
