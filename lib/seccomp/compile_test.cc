#include "lib/seccomp/compile.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <sched.h>

#include <algorithm>
#include <random>

#include "gtest/gtest.h"
#include "lib/seccomp/default_profile.h"
#include "lib/seccomp/interpreter.h"
#include "lib/seccomp/profile.h"

namespace cleat::seccomp {
namespace {

using Program = std::vector<sock_filter>;

constexpr uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr uint32_t kEperm = SECCOMP_RET_ERRNO | EPERM;
constexpr uint32_t kEnosys = SECCOMP_RET_ERRNO | ENOSYS;
constexpr uint32_t kKill = SECCOMP_RET_KILL_THREAD;

constexpr uint64_t kHigh = uint64_t{1} << 32;

Program CompileGood(const Filter& filter) {
  absl::StatusOr<Program> program = Compile(filter);
  EXPECT_TRUE(program.ok()) << program.status();
  EXPECT_TRUE(IsValid(*program));
  return *program;
}

Program DefaultOf(sys::CapabilitySet capabilities) {
  absl::StatusOr<Program> program = DefaultProgram(capabilities);
  EXPECT_TRUE(program.ok()) << program.status();
  EXPECT_TRUE(IsValid(*program));
  return *program;
}

uint32_t Decide(const Program& program, uint32_t arch, uint32_t number,
                uint64_t first = 0) {
  struct seccomp_data call = {};
  call.nr = static_cast<int>(number);
  call.arch = arch;
  call.args[0] = first;
  return Interpret(program, call);
}

uint32_t Native(const Program& program, absl::string_view name,
                uint64_t first = 0) {
  const Arch& arch = NativeArch();
  const int32_t number = FindSyscall(name)->numbers[arch.index];
  return Decide(program, arch.audit, static_cast<uint32_t>(number), first);
}

// Lets all calls pass but read(2) where the condition holds.
Program WithCondition(Operator op, uint64_t value, uint64_t value_two = 0) {
  Filter filter;
  filter.default_action = kAllow;
  filter.arches = {&NativeArch()};
  filter.rules = {{FindSyscall("read"), kEperm, {{0, op, value, value_two}}}};
  return CompileGood(filter);
}

TEST(CompileTest, EveryOperatorComparesAll64Bits) {
  const uint64_t values[] = {0,         1,         5,         6,
                             kHigh,     kHigh + 4, kHigh + 5, kHigh + 6,
                             2 * kHigh, UINT64_MAX};
  for (const uint64_t v : values) {
    for (const uint64_t arg : values) {
      const auto denied = [&](Operator op) {
        return Native(WithCondition(op, v), "read", arg) == kEperm;
      };
      EXPECT_EQ(denied(Operator::kEqual), arg == v) << arg << " " << v;
      EXPECT_EQ(denied(Operator::kNotEqual), arg != v) << arg << " " << v;
      EXPECT_EQ(denied(Operator::kLess), arg < v) << arg << " " << v;
      EXPECT_EQ(denied(Operator::kLessEqual), arg <= v) << arg << " " << v;
      EXPECT_EQ(denied(Operator::kGreater), arg > v) << arg << " " << v;
      EXPECT_EQ(denied(Operator::kGreaterEqual), arg >= v) << arg << " " << v;
    }
  }
}

TEST(CompileTest, MaskSelectsBitsOfBothHalves) {
  const Program program =
      WithCondition(Operator::kMaskedEqual, kHigh | 6, kHigh | 4);
  EXPECT_EQ(Native(program, "read", kHigh | 4), kEperm);
  EXPECT_EQ(Native(program, "read", 3 * kHigh | 5), kEperm);
  EXPECT_EQ(Native(program, "read", 4), kAllow);
  EXPECT_EQ(Native(program, "read", kHigh | 6), kAllow);
}

TEST(CompileTest, RuleWithoutConditionsDecidesBeforeAllOthers) {
  Filter filter;
  filter.default_action = kEnosys;
  filter.arches = {&NativeArch()};
  filter.rules = {
      {FindSyscall("read"), kKill, {{0, Operator::kEqual, 1, 0}}},
      {FindSyscall("read"), kAllow, {}},
      {FindSyscall("write"), kAllow, {{0, Operator::kEqual, 1, 0}}},
      {FindSyscall("write"), kEperm, {{0, Operator::kLess, 3, 0}}},
  };
  const Program program = CompileGood(filter);
  EXPECT_EQ(Native(program, "read", 1), kAllow);
  EXPECT_EQ(Native(program, "write", 1), kAllow);
  EXPECT_EQ(Native(program, "write", 2), kEperm);
  EXPECT_EQ(Native(program, "write", 3), kEnosys);
}

TEST(CompileTest, NewerCallsThanTheRulesDoNotExist) {
  Filter filter;
  filter.default_action = kEperm;
  filter.arches = {&NativeArch()};
  filter.rules = {{FindSyscall("statx"), kAllow, {}},
                  {FindSyscall("openat2"), kEperm, {}}};
  const Program strict = CompileGood(filter);
  EXPECT_EQ(Native(strict, "read"), kEperm);
  EXPECT_EQ(Native(strict, "openat2"), kEperm);
  EXPECT_EQ(Native(strict, "faccessat2"), kEnosys);
  filter.default_action = kAllow;
  filter.rules[0].action = kEperm;
  EXPECT_EQ(Native(CompileGood(filter), "faccessat2"), kAllow);
}

TEST(CompileTest, ForeignArchesKill) {
  Filter filter;
  filter.default_action = kAllow;
  filter.arches = {&GetArch(kX8664)};
  const Program program = CompileGood(filter);
  EXPECT_EQ(Decide(program, AUDIT_ARCH_I386, 3), kKill);
  EXPECT_EQ(Decide(program, AUDIT_ARCH_AARCH64, 3), kKill);
  EXPECT_EQ(Decide(program, AUDIT_ARCH_X86_64, 0x40000003), kKill);
  EXPECT_EQ(Decide(program, AUDIT_ARCH_X86_64, UINT32_MAX), kAllow);
}

TEST(CompileTest, SocketsOfX86GoThroughSocketcall) {
  Filter filter;
  filter.default_action = kAllow;
  filter.arches = {&GetArch(kX8664), &GetArch(kX86)};
  filter.rules = {{FindSyscall("connect"), kEperm, {}},
                  {FindSyscall("semop"), kEperm, {}}};
  const Program program = CompileGood(filter);
  EXPECT_EQ(Decide(program, AUDIT_ARCH_X86_64, 42), kEperm);
  EXPECT_EQ(Decide(program, AUDIT_ARCH_I386, 362), kEperm);
  EXPECT_EQ(Decide(program, AUDIT_ARCH_I386, 102, 3), kEperm);
  EXPECT_EQ(Decide(program, AUDIT_ARCH_I386, 102, kHigh | 3), kEperm);
  EXPECT_EQ(Decide(program, AUDIT_ARCH_I386, 102, 2), kAllow);
  EXPECT_EQ(Decide(program, AUDIT_ARCH_I386, 117, 1), kEperm);
}

TEST(CompileTest, TooLongAProgramIsRefused) {
  Filter filter;
  filter.default_action = kAllow;
  filter.arches = {&NativeArch()};
  for (uint64_t i = 0; i < 2000; ++i) {
    filter.rules.push_back(
        {FindSyscall("read"), kEperm, {{0, Operator::kGreater, i, 0}}});
  }
  EXPECT_TRUE(absl::IsResourceExhausted(Compile(filter).status()));
}

TEST(CompileTest, FarJumpsReach) {
  Filter filter;
  filter.default_action = kAllow;
  filter.arches = {&NativeArch()};
  for (const Syscall& call : Syscalls()) {
    for (uint64_t value : {3, 7}) {
      filter.rules.push_back(
          {&call, kEperm, {{0, Operator::kGreaterEqual, value * kHigh, 0}}});
    }
    if (filter.rules.size() == 600) break;
  }
  const Program program = CompileGood(filter);
  for (const Rule& rule : filter.rules) {
    if (rule.syscall->numbers[NativeArch().index] < 0) continue;
    EXPECT_EQ(Native(program, rule.syscall->name, 3 * kHigh), kEperm);
    EXPECT_EQ(Native(program, rule.syscall->name, 3 * kHigh - 1), kAllow);
  }
}

bool Holds(const Condition& condition, uint64_t arg) {
  switch (condition.op) {
    case Operator::kNotEqual:
      return arg != condition.value;
    case Operator::kLess:
      return arg < condition.value;
    case Operator::kLessEqual:
      return arg <= condition.value;
    case Operator::kEqual:
      return arg == condition.value;
    case Operator::kGreaterEqual:
      return arg >= condition.value;
    case Operator::kGreater:
      return arg > condition.value;
    default:
      return (arg & condition.value) == (condition.value_two & condition.value);
  }
}

// What filter.h says, word by word.
uint32_t Expected(const Filter& filter, const uint64_t (&args)[6]) {
  for (const Rule& rule : filter.rules) {
    bool all = true;
    for (const Condition& condition : rule.conditions) {
      all = all && Holds(condition, args[condition.index]);
    }
    if (all) return rule.action;
  }
  return filter.default_action;
}

// Small numbers in either half, so that they meet.
uint64_t RandomValue(std::mt19937& random) {
  return random() % 4 * kHigh + random() % 4;
}

Filter RandomFilter(std::mt19937& random) {
  Filter filter;
  filter.default_action = kEnosys;
  filter.arches = {&NativeArch()};
  for (int i = 0; i < 6; ++i) {
    Rule rule{FindSyscall("read"), random() % 2 == 0 ? kAllow : kEperm, {}};
    const unsigned count = 1 + random() % 2;
    for (uint8_t index = 0; index < count; ++index) {
      rule.conditions.push_back({index, static_cast<Operator>(random() % 7),
                                 RandomValue(random), RandomValue(random)});
    }
    filter.rules.push_back(rule);
  }
  return filter;
}

TEST(CompileTest, ManyConditionsOnACallDecideInTheirOrder) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const Filter filter = RandomFilter(random);
    const Program program = CompileGood(filter);
    for (int i = 0; i < 300; ++i) {
      struct seccomp_data call = {};
      call.nr = FindSyscall("read")->numbers[NativeArch().index];
      call.arch = NativeArch().audit;
      uint64_t args[6] = {RandomValue(random), RandomValue(random)};
      std::copy(args, args + 6, call.args);
      ASSERT_EQ(Interpret(program, call), Expected(filter, args))
          << "round " << round << ": " << args[0] << " " << args[1];
    }
  }
}

TEST(DefaultProfileTest, IsSmall) {
  EXPECT_LT(DefaultOf(1 << CAP_SYS_CHROOT).size(), 450);
}

TEST(DefaultProfileTest, DangerousCallsAreRefused) {
  const Program program = DefaultOf(1 << CAP_SYS_CHROOT);
  for (const char* name : {"mount",
                           "umount2",
                           "unshare",
                           "setns",
                           "bpf",
                           "reboot",
                           "kexec_load",
                           "init_module",
                           "keyctl",
                           "add_key",
                           "request_key",
                           "userfaultfd",
                           "perf_event_open",
                           "open_by_handle_at",
                           "io_uring_setup",
                           "swapon",
                           "move_pages",
                           "pivot_root",
                           "acct",
                           "settimeofday",
                           "quotactl"}) {
    EXPECT_EQ(Native(program, name), kEperm) << name;
  }
  EXPECT_EQ(Native(program, "clone3"), kEnosys);
  EXPECT_EQ(Native(program, "clone", CLONE_NEWUSER), kEperm);
  EXPECT_EQ(Native(program, "clone", CLONE_VM | CLONE_FS), kAllow);
  EXPECT_EQ(Native(program, "personality", 0x40000), kEperm);
  EXPECT_EQ(Native(program, "personality", UINT32_MAX), kAllow);
  EXPECT_EQ(Native(program, "file_setattr"), kEnosys);
}

TEST(DefaultProfileTest, SocketFamiliesAreThoseOfPrograms) {
  const Program program = DefaultOf(0);
  for (const uint64_t family : {1, 2, 10, 16, 17, 44}) {
    EXPECT_EQ(Native(program, "socket", family), kAllow) << family;
  }
  for (const uint64_t family : {12, 38, 40, 46}) {
    EXPECT_EQ(Native(program, "socket", family), kEperm) << family;
  }
}

TEST(DefaultProfileTest, CapabilitiesOpenTheirCalls) {
  const auto with = [](int capability) {
    return DefaultOf(sys::CapabilitySet{1} << capability);
  };
  EXPECT_EQ(Native(with(CAP_SYS_ADMIN), "mount"), kAllow);
  EXPECT_EQ(Native(with(CAP_SYS_ADMIN), "clone3"), kAllow);
  EXPECT_EQ(Native(with(CAP_SYS_ADMIN), "clone", CLONE_NEWUSER), kAllow);
  EXPECT_EQ(Native(with(CAP_SYS_BOOT), "reboot"), kAllow);
  EXPECT_EQ(Native(with(CAP_BPF), "bpf"), kAllow);
  EXPECT_EQ(Native(with(CAP_SYS_CHROOT), "chroot"), kAllow);
  EXPECT_EQ(Native(with(CAP_NET_ADMIN), "chroot"), kEperm);
}

// Whatever was compiled at build time is what would be compiled now.
TEST(DefaultProfileTest, ConstantsAreTheProfiles) {
  const auto profile = ParseProfile(DefaultProfile());
  ASSERT_TRUE(profile.ok()) << profile.status();
  for (const sys::CapabilitySet set :
       {uint64_t{0}, uint64_t{1} << CAP_SYS_CHROOT, uint64_t{0xa80425fb}}) {
    const Target target = *ThisMachine(set);
    const Program now = CompileGood(*Resolve(*profile, target));
    const Program constant = DefaultOf(set);
    ASSERT_EQ(now.size(), constant.size());
    for (size_t i = 0; i < now.size(); ++i) {
      EXPECT_EQ(now[i].code, constant[i].code);
      EXPECT_EQ(now[i].jt, constant[i].jt);
      EXPECT_EQ(now[i].jf, constant[i].jf);
      EXPECT_EQ(now[i].k, constant[i].k);
    }
  }
}

}  // namespace
}  // namespace cleat::seccomp
