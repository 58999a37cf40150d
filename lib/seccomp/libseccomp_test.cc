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

void AddRule(void* context, uint32_t default_action, const Rule& rule) {
  if (rule.action == default_action) return;
  const int number =
      seccomp_syscall_resolve_name(std::string(rule.syscall->name).c_str());
  if (number == __NR_SCMP_ERROR) return;
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

// Values about those that the filter compares with.
std::vector<uint64_t> Interesting(const Filter& filter) {
  std::vector<uint64_t> values = {0, 1, UINT32_MAX, UINT64_MAX};
  for (const Rule& rule : filter.rules) {
    for (const Condition& condition : rule.conditions) {
      for (const uint64_t value : {condition.value, condition.value_two}) {
        for (const uint64_t near : {value - 1, value, value + 1}) {
          values.push_back(near);
          values.push_back(near ^ (uint64_t{1} << 32));
        }
      }
    }
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
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

void Compare(const Filter& filter, std::mt19937_64& random) {
  const absl::StatusOr<Program> ours = Compile(filter);
  ASSERT_TRUE(ours.ok()) << ours.status();
  const Program peers = CompileByPeer(filter);
  ASSERT_TRUE(IsValid(peers));
  const std::vector<uint64_t> values = Interesting(filter);
  for (const Arch* arch : filter.arches) {
    for (uint32_t number = 0; number < 480; ++number) {
      struct seccomp_data call = {};
      call.arch = arch->audit;
      call.nr = static_cast<int>(arch->base + number);
      for (const uint64_t value : values) {
        for (auto& arg : call.args) arg = values[random() % values.size()];
        call.args[0] = value;
        ExpectSame(*ours, peers, call);
      }
      if (::testing::Test::HasFailure()) return;
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

// What no two rules of one call contradict each other in: there the order of
// libseccomp's tree decides, which nothing documents.
Filter RandomFilter(std::mt19937_64& random) {
  const uint32_t actions[] = {SCMP_ACT_ALLOW, SCMP_ACT_KILL_PROCESS,
                              SCMP_ACT_ERRNO(EPERM), SCMP_ACT_TRAP,
                              SCMP_ACT_LOG};
  Filter filter;
  filter.default_action = actions[random() % 5];
  filter.arches = {&GetArch(kX8664)};
  if (random() % 2 != 0) filter.arches.push_back(&GetArch(kX86));
  if (random() % 2 != 0) filter.arches.push_back(&GetArch(kX32));
  const SyscallTable table = Syscalls();
  const size_t count = random() % 300;
  for (size_t i = 0; i < count; ++i) {
    const Syscall& call =
        table.first[random() % static_cast<size_t>(table.last - table.first)];
    // The calls that go through one of these share a number on x86.
    if (FindMultiplexed(call.name) != nullptr && call.name != "socket") {
      continue;
    }
    Rule rule;
    rule.syscall = &call;
    rule.action = actions[std::hash<std::string>()(std::string(call.name)) % 5];
    if (random() % 3 == 0 && call.name != "socketcall") {
      rule.conditions.push_back({static_cast<uint8_t>(random() % 2),
                                 static_cast<Operator>(random() % 7),
                                 random() >> (random() % 64),
                                 random() >> (random() % 64)});
    }
    filter.rules.push_back(rule);
  }
  return filter;
}

TEST(LibseccompTest, AnyFilterIsDecidedAlike) {
  for (unsigned seed = 0; seed < 60 && !HasFailure(); ++seed) {
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
      if (peers < 0) continue;
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
