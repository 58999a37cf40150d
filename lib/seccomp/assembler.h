#ifndef CLEAT_LIB_SECCOMP_ASSEMBLER_H_
#define CLEAT_LIB_SECCOMP_ASSEMBLER_H_

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace cleat::seccomp {

// Writes a program of classic BPF (linux/filter.h) from its end to its
// beginning. Its jumps lead forward only, so wherever one leads has been
// written before it:
//
//   Assembler program;
//   Label allow = program.Return(SECCOMP_RET_ALLOW);
//   Label deny = program.Return(SECCOMP_RET_ERRNO | EPERM);
//   Label test = program.Jump(BPF_JEQ, SYS_read, allow, deny);
//   auto code = std::move(program).Finish(program.Load(0, test));
class Assembler {
 public:
  // A place in the program: how many instructions there are from it to the
  // end, its own included.
  using Label = size_t;

  // Ends with `value`.
  Label Return(uint32_t value);

  // Reads the 32 bits at `offset` of struct seccomp_data and goes on.
  Label Load(uint32_t offset, Label next);

  // Keeps the bits of `mask` of what was read and goes on.
  Label And(uint32_t mask, Label next);

  // Compares what was read: `op` is BPF_JEQ, BPF_JGT or BPF_JGE.
  Label Jump(uint16_t op, uint32_t value, Label yes, Label no);

  // The program that begins at `start`.
  std::vector<sock_filter> Finish(Label start) &&;

 private:
  Label Push(sock_filter instruction);
  // Makes the next instruction go on at `next`.
  void FallThrough(Label next);
  // `label`, or a stepping stone to it where a jump would not reach that far.
  Label Within(Label label);
  size_t Distance(Label label) const { return reversed_.size() - label; }

  std::vector<sock_filter> reversed_;
  // The latest of each value.
  std::unordered_map<uint32_t, Label> returns_;
};

}  // namespace cleat::seccomp

#endif  // CLEAT_LIB_SECCOMP_ASSEMBLER_H_
