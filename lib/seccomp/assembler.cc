#include "lib/seccomp/assembler.h"

#include <algorithm>

namespace cleat::seccomp {
namespace {

// A jump has eight bits for its distance, and two stepping stones may come
// between.
constexpr size_t kReach = 253;

}  // namespace

Assembler::Label Assembler::Push(sock_filter instruction) {
  reversed_.push_back(instruction);
  return reversed_.size();
}

Assembler::Label Assembler::Return(uint32_t value) {
  const auto known = returns_.find(value);
  if (known != returns_.end() && Distance(known->second) <= kReach) {
    return known->second;
  }
  return returns_[value] = Push(BPF_STMT(BPF_RET | BPF_K, value));
}

void Assembler::FallThrough(Label next) {
  const size_t distance = Distance(next);
  if (distance == 0) return;
  Push(BPF_STMT(BPF_JMP | BPF_JA, static_cast<uint32_t>(distance)));
}

Assembler::Label Assembler::Within(Label label) {
  if (Distance(label) <= kReach) return label;
  const sock_filter target = reversed_[label - 1];
  if (target.code == (BPF_RET | BPF_K)) return Return(target.k);
  FallThrough(label);
  return reversed_.size();
}

Assembler::Label Assembler::Load(uint32_t offset, Label next) {
  FallThrough(next);
  return Push(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

Assembler::Label Assembler::And(uint32_t mask, Label next) {
  FallThrough(next);
  return Push(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
}

Assembler::Label Assembler::Jump(uint16_t op, uint32_t value, Label yes,
                                 Label no) {
  yes = Within(yes);
  no = Within(no);
  const auto code = static_cast<uint16_t>(BPF_JMP | op | BPF_K);
  return Push(BPF_JUMP(code, value, static_cast<uint8_t>(Distance(yes)),
                       static_cast<uint8_t>(Distance(no))));
}

std::vector<sock_filter> Assembler::Finish(Label start) && {
  FallThrough(start);
  std::reverse(reversed_.begin(), reversed_.end());
  return std::move(reversed_);
}

}  // namespace cleat::seccomp
