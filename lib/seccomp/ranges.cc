#include "lib/seccomp/ranges.h"

#include <errno.h>
#include <linux/seccomp.h>

#include <algorithm>

namespace cleat::seccomp {
namespace {

// What a rule says of one number.
struct Entry {
  uint32_t number;
  Clause clause;
};

// A default that lets calls pass lets new ones pass, too; runc's choice.
bool IsPermissive(uint32_t action) {
  switch (action & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG:
    case SECCOMP_RET_TRACE:
      return true;
    default:
      return false;
  }
}

// Of calls that are newer than the rules.
uint32_t NewCallAction(const Filter& filter) {
  return IsPermissive(filter.default_action) ? filter.default_action
                                             : SECCOMP_RET_ERRNO | ENOSYS;
}

// As a condition on the first argument of socketcall(2) or ipc(2): the others
// lie where a filter cannot look, or have other places.
Clause Through(const Multiplexed& call, const Rule& rule) {
  Clause clause{rule.action, {{0, Operator::kEqual, call.number, 0}}};
  for (const Condition& condition : rule.conditions) {
    if (condition.index != 0) clause.conditions.push_back(condition);
  }
  return clause;
}

// The numbers of one arch that rules name, sorted, and the highest of them.
class Entries {
 public:
  Entries(const Filter& filter, const Arch& arch)
      : default_(filter.default_action), arch_(arch) {
    for (const Rule& rule : filter.rules) {
      Add(rule.syscall->numbers[arch.index], rule,
          {rule.action, rule.conditions});
      if (arch.index == kX86) AddMultiplexed(rule);
    }
    std::stable_sort(
        entries_.begin(), entries_.end(),
        [](const Entry& a, const Entry& b) { return a.number < b.number; });
  }

  const std::vector<Entry>& sorted() const { return entries_; }

  // The first number above all that are named; the base without any.
  uint32_t beyond() const { return beyond_; }

 private:
  // A rule that says what the default says is no rule (runc).
  void Add(int32_t number, const Rule& rule, Clause clause) {
    if (number < 0) return;
    const uint32_t whole = arch_.base + static_cast<uint32_t>(number);
    beyond_ = std::max(beyond_, whole + 1);
    if (rule.action != default_) entries_.push_back({whole, std::move(clause)});
  }

  void AddMultiplexed(const Rule& rule) {
    const Multiplexed* const call = FindMultiplexed(rule.syscall->name);
    if (call == nullptr) return;
    const Syscall& through = *FindSyscall(call->through);
    Add(through.numbers[arch_.index], rule, Through(*call, rule));
  }

  uint32_t default_;
  const Arch& arch_;
  std::vector<Entry> entries_;
  uint32_t beyond_ = arch_.base;
};

// Of the entries about one number.
Outcome MakeOutcome(const Entry* first, const Entry* last,
                    uint32_t default_action, bool wide) {
  Outcome outcome{{}, default_action, wide};
  for (const Entry* entry = first; entry != last; ++entry) {
    if (entry->clause.conditions.empty()) {
      return {{}, entry->clause.action, wide};
    }
    outcome.clauses.push_back(entry->clause);
  }
  return outcome;
}

// A range that is decided as the one before it is a part of that.
void Append(uint32_t first, Outcome outcome, std::vector<Range>& ranges) {
  if (!ranges.empty()) {
    const Outcome& last = ranges.back().outcome;
    if (outcome.clauses.empty() && last.clauses.empty() &&
        outcome.otherwise == last.otherwise) {
      return;
    }
  }
  ranges.push_back({first, std::move(outcome)});
}

// All numbers from the arch's base on.
void AppendArch(const Filter& filter, const Arch& arch,
                std::vector<Range>& ranges) {
  const Entries entries(filter, arch);
  const std::vector<Entry>& sorted = entries.sorted();
  const Outcome unnamed{{}, filter.default_action, arch.wide};
  uint32_t next = arch.base;
  for (size_t i = 0; i < sorted.size();) {
    const uint32_t number = sorted[i].number;
    size_t end = i + 1;
    while (end < sorted.size() && sorted[end].number == number) ++end;
    if (number > next) Append(next, unnamed, ranges);
    Append(number,
           MakeOutcome(&sorted[i], sorted.data() + end, filter.default_action,
                       arch.wide),
           ranges);
    next = number + 1;
    i = end;
  }
  if (entries.beyond() > next) Append(next, unnamed, ranges);
  const uint32_t beyond = entries.beyond() > arch.base ? NewCallAction(filter)
                                                       : filter.default_action;
  Append(std::max(next, entries.beyond()), {{}, beyond, arch.wide}, ranges);
}

bool Has(const Filter& filter, ArchIndex index) {
  for (const Arch* arch : filter.arches) {
    if (arch->index == index) return true;
  }
  return false;
}

// Where only x86_64 is filtered, x32 is another arch, as foreign as all
// others; but -1 is what a tracer leaves of a call that it has cancelled.
void AppendForeignX32(const Filter& filter, std::vector<Range>& ranges) {
  Append(GetArch(kX32).base, {{}, SECCOMP_RET_KILL_THREAD, true}, ranges);
  Append(UINT32_MAX, {{}, filter.default_action, true}, ranges);
}

}  // namespace

std::vector<Range> MakeRanges(const Filter& filter, uint32_t audit) {
  std::vector<Range> ranges;
  if (audit == GetArch(kX8664).audit) {
    if (Has(filter, kX8664)) {
      AppendArch(filter, GetArch(kX8664), ranges);
    } else {
      Append(0, {{}, SECCOMP_RET_KILL_THREAD, true}, ranges);
    }
    if (Has(filter, kX32)) {
      AppendArch(filter, GetArch(kX32), ranges);
    } else {
      AppendForeignX32(filter, ranges);
    }
    return ranges;
  }
  for (const Arch* arch : filter.arches) {
    if (arch->audit == audit) AppendArch(filter, *arch, ranges);
  }
  return ranges;
}

}  // namespace cleat::seccomp
