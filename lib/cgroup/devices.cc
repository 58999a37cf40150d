#include "lib/cgroup/devices.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

using Program = std::vector<struct bpf_insn>;

// What the program keeps where.
enum Register : unsigned {
  kResult = BPF_REG_0,
  kContext = BPF_REG_1,
  kType = BPF_REG_2,
  kAccess = BPF_REG_3,
  kMajor = BPF_REG_4,
  kMinor = BPF_REG_5,
  kWanted = BPF_REG_6,
};

constexpr struct {
  char letter;
  int32_t bit;
} kAccesses[] = {{'m', BPF_DEVCG_ACC_MKNOD},
                 {'r', BPF_DEVCG_ACC_READ},
                 {'w', BPF_DEVCG_ACC_WRITE}};
constexpr int32_t kAllAccess =
    BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE;

struct bpf_insn Insn(unsigned code, unsigned to, unsigned from, int offset,
                     int32_t value) {
  struct bpf_insn insn = {};
  insn.code = static_cast<uint8_t>(code);
  insn.dst_reg = to & 15;
  insn.src_reg = from & 15;
  insn.off = static_cast<int16_t>(offset);
  insn.imm = value;
  return insn;
}

struct bpf_insn Load(Register to, size_t offset) {
  return Insn(BPF_LDX | BPF_MEM | BPF_W, to, kContext, static_cast<int>(offset),
              0);
}

int32_t AccessBits(const std::string& access) {
  int32_t bits = 0;
  for (const auto& entry : kAccesses) {
    if (access.find(entry.letter) != std::string::npos) bits |= entry.bit;
  }
  return bits;
}

// The conditions of one rule, each of which leads on to its end by a jump that
// is patched when that is known.
Program CompileRule(const proto::oci::DeviceRule& rule) {
  Program code;
  std::vector<size_t> jumps;
  const auto unless_equal = [&](Register value, int64_t expected) {
    jumps.push_back(code.size());
    code.push_back(Insn(BPF_JMP | BPF_JNE | BPF_K, value, 0, 0,
                        static_cast<int32_t>(expected)));
  };
  if (rule.type() == "b") unless_equal(kType, BPF_DEVCG_DEV_BLOCK);
  if (rule.type() == "c") unless_equal(kType, BPF_DEVCG_DEV_CHAR);
  const int32_t access = AccessBits(rule.access());
  if (access != kAllAccess) {
    // Whatever is wanted besides what the rule speaks of.
    code.push_back(Insn(BPF_ALU64 | BPF_MOV | BPF_X, kWanted, kAccess, 0, 0));
    code.push_back(
        Insn(BPF_ALU64 | BPF_AND | BPF_K, kWanted, 0, 0, kAllAccess & ~access));
    unless_equal(kWanted, 0);
  }
  if (rule.has_major() && (rule.major)() >= 0) {
    unless_equal(kMajor, (rule.major)());
  }
  if (rule.has_minor() && (rule.minor)() >= 0) {
    unless_equal(kMinor, (rule.minor)());
  }
  code.push_back(
      Insn(BPF_ALU64 | BPF_MOV | BPF_K, kResult, 0, 0, rule.allow() ? 1 : 0));
  code.push_back(Insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
  for (const size_t jump : jumps) {
    code[jump].off = static_cast<int16_t>(code.size() - jump - 1);
  }
  return code;
}

// By which a later call finds the program that it is to replace.
constexpr char kName[] = "cleat_devices";

long Bpf(enum bpf_cmd command, union bpf_attr* attributes) {
  return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

absl::StatusOr<sys::Fd> LoadProgram(const Program& program) {
  static constexpr char kLicense[] = "GPL";
  union bpf_attr attributes = {};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = reinterpret_cast<uint64_t>(program.data());
  attributes.insn_cnt = static_cast<uint32_t>(program.size());
  attributes.license = reinterpret_cast<uint64_t>(kLicense);
  static_assert(sizeof(kName) <= BPF_OBJ_NAME_LEN);
  std::copy(std::begin(kName), std::end(kName), attributes.prog_name);
  const long fd = Bpf(BPF_PROG_LOAD, &attributes);
  if (fd < 0) return sys::ErrnoError("load device rules");
  return sys::Fd(static_cast<int>(fd));
}

// The attached programs of a group's own; none where that cannot be asked.
std::vector<uint32_t> AttachedPrograms(int group) {
  std::vector<uint32_t> ids(64);
  union bpf_attr attributes = {};
  attributes.query.target_fd = static_cast<uint32_t>(group);
  attributes.query.attach_type = BPF_CGROUP_DEVICE;
  attributes.query.prog_ids = reinterpret_cast<uint64_t>(ids.data());
  attributes.query.prog_cnt = static_cast<uint32_t>(ids.size());
  const bool known = Bpf(BPF_PROG_QUERY, &attributes) == 0;
  ids.resize(known ? attributes.query.prog_cnt : 0);
  return ids;
}

bool IsOurs(int program) {
  struct bpf_prog_info info = {};
  union bpf_attr attributes = {};
  attributes.info.bpf_fd = static_cast<uint32_t>(program);
  attributes.info.info_len = sizeof(info);
  attributes.info.info = reinterpret_cast<uint64_t>(&info);
  return Bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes) == 0 &&
         std::equal(std::begin(kName), std::end(kName), info.name);
}

// The program of an earlier call; invalid for none.
sys::Fd FindOurs(int group) {
  for (const uint32_t id : AttachedPrograms(group)) {
    union bpf_attr attributes = {};
    attributes.prog_id = id;
    const long fd = Bpf(BPF_PROG_GET_FD_BY_ID, &attributes);
    if (fd < 0) continue;
    sys::Fd program(static_cast<int>(fd));
    if (IsOurs(program.get())) return program;
  }
  return sys::Fd();
}

// Others' programs, as systemd's, stay: a device needs the consent of all.
absl::Status SetProgram(const std::string& group, const DeviceRules& rules) {
  trace::Span span("attach device rules", group);
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd program,
                         LoadProgram(CompileDeviceRules(rules)));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd directory,
                         sys::Open(group, O_RDONLY | O_DIRECTORY));
  const sys::Fd former = FindOurs(directory.get());
  union bpf_attr attributes = {};
  attributes.target_fd = static_cast<uint32_t>(directory.get());
  attributes.attach_bpf_fd = static_cast<uint32_t>(program.get());
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  if (former.valid()) {
    attributes.attach_flags |= BPF_F_REPLACE;
    attributes.replace_bpf_fd = static_cast<uint32_t>(former.get());
  }
  if (Bpf(BPF_PROG_ATTACH, &attributes) == 0) return absl::OkStatus();
  return sys::ErrnoError("attach device rules to ", group);
}

bool Overlap(bool has_a, int64_t a, bool has_b, int64_t b) {
  return !has_a || !has_b || a == b;
}

// Whether some device falls under both of two rules that are not the same.
bool Cuts(const proto::oci::DeviceRule& a, const proto::oci::DeviceRule& b) {
  const bool same = a.has_major() == b.has_major() &&
                    a.has_minor() == b.has_minor() &&
                    (a.major)() == (b.major)() && (a.minor)() == (b.minor)();
  return a.type() == b.type() && !same &&
         (AccessBits(a.access()) & AccessBits(b.access())) != 0 &&
         Overlap(a.has_major(), (a.major)(), b.has_major(), (b.major)()) &&
         Overlap(a.has_minor(), (a.minor)(), b.has_minor(), (b.minor)());
}

// The rule, after the last for all devices, from which `rule` is a cut.
const proto::oci::DeviceRule* CutFrom(const DeviceRules& rules, int base,
                                      int rule) {
  for (int i = base + 1; i < rule; ++i) {
    const bool contrary = rules[i].allow() != rules[rule].allow();
    if (contrary && Cuts(rules[rule], rules[i])) return &rules[i];
  }
  return nullptr;
}

// v1 has exceptions from one answer for all devices, and no order among them
// (security/device_cgroup.c): one that forbids only takes away its equal.
absl::Status CheckExpressible(const DeviceRules& rules) {
  int base = -1;
  for (int i = 0; i < rules.size(); ++i) {
    if (rules[i].type().empty() || rules[i].type() == "a") base = i;
  }
  for (int i = base + 1; base >= 0 && i < rules.size(); ++i) {
    if (rules[i].allow() != rules[base].allow()) continue;
    const auto* const whole = CutFrom(rules, base, i);
    if (whole == nullptr) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "write device rules: cgroup v1 cannot except '",
        FormatDeviceRule(rules[i]).value_or(""), "' from the rule '",
        FormatDeviceRule(*whole).value_or(""), "'"));
  }
  return absl::OkStatus();
}

// A file that takes one rule with each write, opened for the first.
class RuleFile {
 public:
  explicit RuleFile(std::string path) : path_(std::move(path)) {}

  absl::Status Write(const std::string& rule) {
    if (!fd_.valid()) {
      CLEAT_ASSIGN_OR_RETURN(fd_, sys::Open(path_, O_WRONLY));
    }
    if (write(fd_.get(), rule.data(), rule.size()) >= 0) {
      return absl::OkStatus();
    }
    return sys::ErrnoError("write '", rule, "' to ", path_);
  }

 private:
  std::string path_;
  sys::Fd fd_;
};

absl::Status SetList(const std::string& group, const DeviceRules& rules) {
  CLEAT_RETURN_IF_ERROR(CheckExpressible(rules));
  trace::Span span("write device rules", group);
  RuleFile allow(absl::StrCat(group, "/devices.allow"));
  RuleFile deny(absl::StrCat(group, "/devices.deny"));
  for (const proto::oci::DeviceRule& rule : rules) {
    CLEAT_ASSIGN_OR_RETURN(const std::string text, FormatDeviceRule(rule));
    CLEAT_RETURN_IF_ERROR((rule.allow() ? allow : deny).Write(text));
  }
  return absl::OkStatus();
}

bool HasController(const proto::CgroupDirectory& directory) {
  return std::find(directory.controllers().begin(),
                   directory.controllers().end(),
                   "devices") != directory.controllers().end();
}

std::string Number(bool given, int64_t number) {
  return given && number >= 0 ? absl::StrCat(number) : "*";
}

}  // namespace

absl::StatusOr<std::string> FormatDeviceRule(
    const proto::oci::DeviceRule& rule) {
  const std::string type = rule.type().empty() ? "a" : rule.type();
  const std::string access = rule.access().empty() ? "rwm" : rule.access();
  if (type.size() != 1 || type.find_first_not_of("abc") != std::string::npos ||
      access.find_first_not_of("rwm") != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("device rule of type '", type, "', access '", access,
                     "': give type a, b or c, and some of r, w and m"));
  }
  return absl::StrCat(type, " ", Number(rule.has_major(), (rule.major)()), ":",
                      Number(rule.has_minor(), (rule.minor)()), " ", access);
}

Program CompileDeviceRules(const DeviceRules& rules) {
  // The access wanted is above the type.
  Program code = {
      Load(kType, offsetof(struct bpf_cgroup_dev_ctx, access_type)),
      Insn(BPF_ALU64 | BPF_MOV | BPF_X, kAccess, kType, 0, 0),
      Insn(BPF_ALU64 | BPF_AND | BPF_K, kType, 0, 0, 0xffff),
      Insn(BPF_ALU64 | BPF_RSH | BPF_K, kAccess, 0, 0, 16),
      Load(kMajor, offsetof(struct bpf_cgroup_dev_ctx, major)),
      Load(kMinor, offsetof(struct bpf_cgroup_dev_ctx, minor)),
  };
  bool all = false;
  for (auto rule = rules.rbegin(); rule != rules.rend() && !all; ++rule) {
    const Program part = CompileRule(*rule);
    code.insert(code.end(), part.begin(), part.end());
    // The verifier takes no code that is never reached.
    all = part.size() == 2;
  }
  if (all) return code;
  code.push_back(Insn(BPF_ALU64 | BPF_MOV | BPF_K, kResult, 0, 0, 0));
  code.push_back(Insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
  return code;
}

absl::Status SetDevices(const proto::CgroupState& state,
                        const DeviceRules& rules) {
  for (const proto::oci::DeviceRule& rule : rules) {
    CLEAT_RETURN_IF_ERROR(FormatDeviceRule(rule).status());
  }
  for (const proto::CgroupDirectory& directory : state.directories()) {
    if (HasController(directory)) return SetList(directory.path(), rules);
  }
  for (const proto::CgroupDirectory& directory : state.directories()) {
    if (directory.unified()) return SetProgram(directory.path(), rules);
  }
  return absl::FailedPreconditionError(
      "set device rules: the container has a group neither of the devices "
      "controller nor on cgroup v2");
}

}  // namespace cleat::cgroup
