#include "lib/seccomp/compile.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/seccomp/assembler.h"
#include "lib/seccomp/ranges.h"

namespace cleat::seccomp {
namespace {

using Label = Assembler::Label;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "halves of arguments are read in this order");

constexpr uint32_t kNumber = offsetof(struct seccomp_data, nr);
constexpr uint32_t kArch = offsetof(struct seccomp_data, arch);

constexpr uint32_t LowOf(int index) {
  return offsetof(struct seccomp_data, args) +
         static_cast<uint32_t>(index) * sizeof(uint64_t);
}
constexpr uint32_t HighOf(int index) { return LowOf(index) + sizeof(uint32_t); }

constexpr uint32_t Low(uint64_t value) { return static_cast<uint32_t>(value); }
constexpr uint32_t High(uint64_t value) {
  return static_cast<uint32_t>(value >> 32);
}

// Every operator is one of BPF's comparisons, or what that is not.
struct Comparison {
  uint16_t op;
  bool negated;
};

// In the order of Operator.
constexpr Comparison kComparisons[] = {
    {BPF_JEQ, true},  {BPF_JGE, true},  {BPF_JGT, true},  {BPF_JEQ, false},
    {BPF_JGE, false}, {BPF_JGT, false}, {BPF_JEQ, false},
};

// A tree that finds the outcome of a number, for one filter.
class Compiler {
 public:
  explicit Compiler(Assembler& program) : program_(program) {}

  // Of a number that has been read.
  Label Tree(const Range* first, const Range* last) {
    if (last - first == 1) return Decide(first->outcome);
    const Range* const middle = first + (last - first) / 2;
    const Label right = Tree(middle, last);
    const Label left = Tree(first, middle);
    return program_.Jump(BPF_JGE, middle->first, right, left);
  }

 private:
  Label Decide(const Outcome& outcome) {
    Label next = program_.Return(outcome.otherwise);
    for (size_t end = outcome.clauses.size(); end > 0;) {
      const size_t begin = BeginOfEqual(outcome.clauses, end);
      next =
          end - begin > 1
              ? AnyOf(&outcome.clauses[begin], end - begin, outcome.wide, next)
              : AllOf(outcome.clauses[begin], outcome.wide, next);
      end = begin;
    }
    return next;
  }

  // Whether it compares one argument with one value for equality.
  static bool IsEqual(const Clause& clause) {
    return clause.conditions.size() == 1 &&
           clause.conditions[0].op == Operator::kEqual;
  }

  // Where the run of clauses that ends at `end` begins which differ in the low
  // half of that value only: the argument need be read but once for them.
  static size_t BeginOfEqual(const std::vector<Clause>& clauses, size_t end) {
    const Clause& last = clauses[end - 1];
    if (!IsEqual(last)) return end - 1;
    size_t begin = end - 1;
    for (; begin > 0; --begin) {
      const Clause& clause = clauses[begin - 1];
      if (!IsEqual(clause) || clause.action != last.action ||
          clause.conditions[0].index != last.conditions[0].index ||
          High(clause.conditions[0].value) != High(last.conditions[0].value)) {
        break;
      }
    }
    return begin;
  }

  Label AnyOf(const Clause* clauses, size_t count, bool wide, Label no) {
    const Condition& first = clauses[0].conditions[0];
    const Label yes = program_.Return(clauses[0].action);
    Label next = no;
    for (size_t i = count; i > 0; --i) {
      const uint32_t value = Low(clauses[i - 1].conditions[0].value);
      next = program_.Jump(BPF_JEQ, value, yes, next);
    }
    next = program_.Load(LowOf(first.index), next);
    if (!wide) return next;
    next = program_.Jump(BPF_JEQ, High(first.value), next, no);
    return program_.Load(HighOf(first.index), next);
  }

  Label AllOf(const Clause& clause, bool wide, Label no) {
    Label next = program_.Return(clause.action);
    for (size_t i = clause.conditions.size(); i > 0; --i) {
      const Condition& condition = clause.conditions[i - 1];
      next = condition.op == Operator::kMaskedEqual
                 ? Masked(condition, wide, next, no)
                 : Compared(condition, wide, next, no);
    }
    return next;
  }

  // A larger upper half decides alone, an equal one leaves it to the lower.
  Label Compared(const Condition& condition, bool wide, Label yes, Label no) {
    const Comparison& how = kComparisons[static_cast<int>(condition.op)];
    if (how.negated) std::swap(yes, no);
    const uint32_t high = High(condition.value);
    Label next = program_.Jump(how.op, Low(condition.value), yes, no);
    next = program_.Load(LowOf(condition.index), next);
    if (!wide) return next;
    next = program_.Jump(BPF_JEQ, high, next, no);
    if (how.op != BPF_JEQ) next = program_.Jump(BPF_JGT, high, yes, next);
    return program_.Load(HighOf(condition.index), next);
  }

  Label Masked(const Condition& condition, bool wide, Label yes, Label no) {
    const uint64_t mask = condition.value;
    const uint64_t value = condition.value_two & mask;
    Label next = program_.Jump(BPF_JEQ, Low(value), yes, no);
    next = program_.And(Low(mask), next);
    next = program_.Load(LowOf(condition.index), next);
    if (!wide || High(mask) == 0) return next;
    next = program_.Jump(BPF_JEQ, High(value), next, no);
    next = program_.And(High(mask), next);
    return program_.Load(HighOf(condition.index), next);
  }

  Assembler& program_;
};

// Each AUDIT_ARCH_* once, in the order of the filter.
std::vector<uint32_t> AuditArches(const Filter& filter) {
  std::vector<uint32_t> audits;
  for (const Arch* arch : filter.arches) {
    if (std::find(audits.begin(), audits.end(), arch->audit) == audits.end()) {
      audits.push_back(arch->audit);
    }
  }
  return audits;
}

}  // namespace

absl::StatusOr<std::vector<sock_filter>> Compile(const Filter& filter) {
  Assembler program;
  const std::vector<uint32_t> audits = AuditArches(filter);
  Label next = program.Return(SECCOMP_RET_KILL_THREAD);
  for (size_t i = audits.size(); i > 0; --i) {
    const std::vector<Range> ranges = MakeRanges(filter, audits[i - 1]);
    const Label tree =
        Compiler(program).Tree(ranges.data(), ranges.data() + ranges.size());
    const Label found = program.Load(kNumber, tree);
    next = program.Jump(BPF_JEQ, audits[i - 1], found, next);
  }
  next = program.Load(kArch, next);
  std::vector<sock_filter> code = std::move(program).Finish(next);
  if (code.size() <= BPF_MAXINSNS) return code;
  return absl::ResourceExhaustedError(
      absl::StrCat("seccomp profile: makes ", code.size(),
                   " instructions, of which the kernel takes ", BPF_MAXINSNS));
}

}  // namespace cleat::seccomp
