// The same filters through libseccomp, added as runc adds them: each call is
// to be decided in the same way.

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/seccomp/compile.h"
#include "lib/seccomp/default_profile.h"
#include "lib/seccomp/interpreter.h"
#include "lib/seccomp/profile.h"

namespace cleat::seccomp {
namespace {

using Program = std::vector<sock_filter>;
using Context = std::unique_ptr<void, void (*)(void*)>;

constexpr uint32_t kEnosys = SECCOMP_RET_ERRNO | ENOSYS;

// In the order of Operator.
constexpr scmp_compare kOperators[] = {
    SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE,        SCMP_CMP_EQ,
    SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_MASKED_EQ,
};

// In the order of ArchIndex.
constexpr uint32_t kArches[] = {SCMP_ARCH_X86_64, SCMP_ARCH_X86, SCMP_ARCH_X32,
                                SCMP_ARCH_AARCH64, SCMP_ARCH_ARM};

// 2.6 has it on x32, which the kernel has not
// (arch/x86/entry/syscalls/syscall_64.tbl).
constexpr absl::string_view kPeersOnX32 = "map_shadow_stack";

// Its tables may be older than ours.
bool PeerKnows(const Syscall& call) {
  return call.name != kPeersOnX32 &&
         seccomp_syscall_resolve_name(std::string(call.name).c_str()) !=
             __NR_SCMP_ERROR;
}

void AddRule(void* context, uint32_t default_action, const Rule& rule) {
  if (rule.action == default_action) return;
  const int number =
      seccomp_syscall_resolve_name(std::string(rule.syscall->name).c_str());
  std::vector<scmp_arg_cmp> args;
  for (const Condition& condition : rule.conditions) {
    args.push_back({condition.index, kOperators[static_cast<int>(condition.op)],
                    condition.value, condition.value_two});
  }
  ASSERT_EQ(
      seccomp_rule_add_array(context, rule.action, number,
                             static_cast<unsigned>(args.size()), args.data()),
      0)
      << rule.syscall->name;
}

Program Export(void* context) {
  const int fd = memfd_create("program", MFD_CLOEXEC);
  EXPECT_EQ(seccomp_export_bpf(context, fd), 0);
  const auto size = static_cast<size_t>(lseek(fd, 0, SEEK_END));
  Program program(size / sizeof(sock_filter));
  EXPECT_EQ(pread(fd, program.data(), size, 0), static_cast<ssize_t>(size));
  close(fd);
  return program;
}

Program CompileByPeer(const Filter& filter) {
  const Context context(seccomp_init(filter.default_action), &seccomp_release);
  seccomp_arch_remove(context.get(), SCMP_ARCH_NATIVE);
  for (const Arch* arch : filter.arches) {
    EXPECT_EQ(seccomp_arch_add(context.get(), kArches[arch->index]), 0);
  }
  for (const Rule& rule : filter.rules) {
    AddRule(context.get(), filter.default_action, rule);
  }
  return Export(context.get());
}

// Values about those that the rules about a call compare with.
std::vector<uint64_t> Interesting(const std::vector<const Rule*>& rules) {
  std::vector<uint64_t> values = {0, 1, UINT32_MAX, UINT64_MAX};
  for (const Rule* rule : rules) {
    for (const Condition& condition : rule->conditions) {
      for (const uint64_t value : {condition.value, condition.value_two}) {
        for (const uint64_t near : {value - 1, value, value + 1}) {
          values.push_back(near);
          values.push_back(near ^ (uint64_t{1} << 32));
        }
      }
    }
  }
  return values;
}

// Those about one number of one arch.
std::vector<const Rule*> RulesAbout(const Filter& filter, const Arch& arch,
                                    uint32_t number) {
  std::vector<const Rule*> rules;
  for (const Rule& rule : filter.rules) {
    if (rule.syscall->numbers[arch.index] == static_cast<int>(number)) {
      rules.push_back(&rule);
    }
  }
  return rules;
}

// Calls above what the rules name are runc's business, not libseccomp's.
void ExpectSame(const Program& ours, const Program& peers,
                const struct seccomp_data& call) {
  const uint32_t our = Interpret(ours, call);
  const uint32_t theirs = Interpret(peers, call);
  if (our == theirs || our == kEnosys) return;
  ADD_FAILURE() << std::hex << "arch " << call.arch << " number " << call.nr
                << " arguments " << call.args[0] << " " << call.args[1] << ": "
                << our << ", libseccomp has " << theirs;
}

// For a look at what went wrong.
std::string Describe(const std::vector<const Rule*>& rules) {
  std::string text;
  for (const Rule* rule : rules) {
    absl::StrAppend(&text, rule->syscall->name, " ", absl::Hex(rule->action));
    for (const Condition& condition : rule->conditions) {
      absl::StrAppend(&text, " argument ", int{condition.index}, " operator ",
                      static_cast<int>(condition.op), " ",
                      absl::Hex(condition.value), " ",
                      absl::Hex(condition.value_two));
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

void Compare(Filter filter, std::mt19937_64& random) {
  auto& rules = filter.rules;
  rules.erase(std::remove_if(
                  rules.begin(), rules.end(),
                  [](const Rule& rule) { return !PeerKnows(*rule.syscall); }),
              rules.end());
  const absl::StatusOr<Program> ours = Compile(filter);
  ASSERT_TRUE(ours.ok()) << ours.status();
  const Program peers = CompileByPeer(filter);
  ASSERT_TRUE(IsValid(peers));
  for (const Arch* arch : filter.arches) {
    for (uint32_t number = 0; number < 480; ++number) {
      const auto rules = RulesAbout(filter, *arch, number);
      const std::vector<uint64_t> values = Interesting(rules);
      struct seccomp_data call = {};
      call.arch = arch->audit;
      call.nr = static_cast<int>(arch->base + number);
      for (const uint64_t value : values) {
        for (auto& arg : call.args) arg = values[random() % values.size()];
        call.args[0] = value;
        ExpectSame(*ours, peers, call);
      }
      ASSERT_FALSE(::testing::Test::HasFailure()) << Describe(rules);
    }
  }
}

Filter DefaultFor(const Target& target) {
  const auto profile = ParseProfile(DefaultProfile());
  EXPECT_TRUE(profile.ok()) << profile.status();
  const auto filter = Resolve(*profile, target);
  EXPECT_TRUE(filter.ok()) << filter.status();
  return *filter;
}

TEST(LibseccompTest, DefaultProfileIsDecidedAlike) {
  std::mt19937_64 random(1);
  for (const ArchIndex arch : {kX8664, kAarch64}) {
    for (const sys::CapabilitySet set :
         {uint64_t{0}, uint64_t{0xa80425fb}, ~uint64_t{0}}) {
      Target target;
      target.capabilities = set;
      target.kernel[0] = 6;
      target.arch = &GetArch(arch);
      Compare(DefaultFor(target), random);
    }
  }
}

// One rule about a call: libseccomp 2.5 mixes up several ranges of a 64-bit
// argument (compile_test has those).
Rule RandomRule(const Syscall& call, std::mt19937_64& random) {
  const uint32_t actions[] = {SCMP_ACT_ALLOW, SCMP_ACT_KILL_PROCESS,
                              SCMP_ACT_ERRNO(EPERM), SCMP_ACT_TRAP,
                              SCMP_ACT_LOG};
  Rule rule;
  rule.syscall = &call;
  rule.action = actions[random() % 5];
  if (random() % 2 == 0) return rule;
  const uint8_t index = random() % 2;
  rule.conditions.push_back({index, static_cast<Operator>(random() % 7),
                             random() >> (random() % 64),
                             random() >> (random() % 64)});
  if (random() % 2 == 0) {
    rule.conditions.push_back(
        {static_cast<uint8_t>(index + 2), Operator::kEqual, 7, 0});
  }
  return rule;
}

Filter RandomFilter(std::mt19937_64& random) {
  Filter filter;
  filter.default_action =
      random() % 2 != 0 ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM);
  filter.arches = {&GetArch(kX8664)};
  if (random() % 2 != 0) filter.arches.push_back(&GetArch(kX86));
  if (random() % 2 != 0) filter.arches.push_back(&GetArch(kX32));
  for (const Syscall& call : Syscalls()) {
    // Those that go through another share a number on x86.
    const bool shared = FindMultiplexed(call.name) != nullptr ||
                        call.name == "socketcall" || call.name == "ipc";
    if (random() % 2 != 0 && !shared) {
      filter.rules.push_back(RandomRule(call, random));
    }
  }
  return filter;
}

TEST(LibseccompTest, AnyFilterIsDecidedAlike) {
  for (unsigned seed = 0; seed < 30 && !HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    Compare(RandomFilter(random), random);
  }
}

// Ours is younger; but what libseccomp knows has the same numbers.
TEST(LibseccompTest, NumbersAreTheSame) {
  for (const Syscall& call : Syscalls()) {
    const std::string name(call.name);
    for (const ArchIndex index : {kX8664, kX86, kX32, kAarch64, kArm}) {
      const Arch& arch = GetArch(index);
      const int peers =
          seccomp_syscall_resolve_name_arch(kArches[index], name.c_str());
      if (peers < 0 || (index == kX32 && name == kPeersOnX32)) continue;
      EXPECT_EQ(call.numbers[index], peers - static_cast<int>(arch.base))
          << name << " of " << arch.name;
    }
  }
}

TEST(LibseccompTest, MultiplexedNumbersAreTheSame) {
  for (const Syscall& call : Syscalls()) {
    const int peers = seccomp_syscall_resolve_name_arch(
        SCMP_ARCH_X86, std::string(call.name).c_str());
    const Multiplexed* const ours = FindMultiplexed(call.name);
    const bool multiplexed = peers <= -101 && peers >= -224;
    ASSERT_EQ(ours != nullptr, multiplexed) << call.name;
    if (ours != nullptr) {
      EXPECT_EQ(ours->number, static_cast<uint32_t>(-peers) % 100);
    }
  }
}

}  // namespace
}  // namespace cleat::seccomp
