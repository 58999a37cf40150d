#include "lib/seccomp/interpreter.h"

#include <string.h>

namespace cleat::seccomp {
namespace {

constexpr uint16_t kLoad = BPF_LD | BPF_W | BPF_ABS;
constexpr uint16_t kAnd = BPF_ALU | BPF_AND | BPF_K;
constexpr uint16_t kReturn = BPF_RET | BPF_K;
constexpr uint16_t kAlways = BPF_JMP | BPF_JA;

uint32_t Read(const struct seccomp_data& call, uint32_t offset) {
  uint32_t word;
  memcpy(&word, reinterpret_cast<const char*>(&call) + offset, sizeof(word));
  return word;
}

bool Holds(uint16_t code, uint32_t a, uint32_t k) {
  switch (BPF_OP(code)) {
    case BPF_JEQ:
      return a == k;
    case BPF_JGT:
      return a > k;
    case BPF_JGE:
      return a >= k;
    default:
      return (a & k) != 0;
  }
}

bool IsValidInstruction(const sock_filter& line, size_t left) {
  switch (line.code) {
    case kLoad:
      return line.k % 4 == 0 && line.k < sizeof(struct seccomp_data);
    case kAnd:
    case kReturn:
      return true;
    case kAlways:
      return line.k < left;
    case BPF_JMP | BPF_JEQ | BPF_K:
    case BPF_JMP | BPF_JGT | BPF_K:
    case BPF_JMP | BPF_JGE | BPF_K:
    case BPF_JMP | BPF_JSET | BPF_K:
      return line.jt < left && line.jf < left;
    default:
      return false;
  }
}

}  // namespace

uint32_t Interpret(const std::vector<sock_filter>& program,
                   const struct seccomp_data& call) {
  uint32_t a = 0;
  for (size_t at = 0;; ++at) {
    const sock_filter& line = program[at];
    if (line.code == kReturn) return line.k;
    if (line.code == kLoad) {
      a = Read(call, line.k);
    } else if (line.code == kAnd) {
      a &= line.k;
    } else if (line.code == kAlways) {
      at += line.k;
    } else {
      at += Holds(line.code, a, line.k) ? line.jt : line.jf;
    }
  }
}

bool IsValid(const std::vector<sock_filter>& program) {
  if (program.empty() || program.size() > BPF_MAXINSNS) return false;
  for (size_t at = 0; at < program.size(); ++at) {
    if (!IsValidInstruction(program[at], program.size() - at - 1)) return false;
  }
  return program.back().code == kReturn;
}

}  // namespace cleat::seccomp
