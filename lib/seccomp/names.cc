#include "lib/seccomp/names.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

namespace cleat::seccomp {
namespace {

// include/linux/err.h, MAX_ERRNO.
constexpr uint32_t kMaxErrno = 4095;

struct ActionName {
  absl::string_view name;
  uint32_t action;
  // The largest data; 0: it has none.
  uint32_t max_data;
};

constexpr ActionName kActions[] = {
    {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD, 0},
    {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS, 0},
    {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD, 0},
    {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP, 0},
    {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO, kMaxErrno},
    {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE, SECCOMP_RET_DATA},
    {"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW, 0},
    {"SCMP_ACT_LOG", SECCOMP_RET_LOG, 0},
    {"SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF, 0},
};

struct OperatorName {
  absl::string_view name;
  Operator op;
};

constexpr OperatorName kOperators[] = {
    {"SCMP_CMP_NE", Operator::kNotEqual},
    {"SCMP_CMP_LT", Operator::kLess},
    {"SCMP_CMP_LE", Operator::kLessEqual},
    {"SCMP_CMP_EQ", Operator::kEqual},
    {"SCMP_CMP_GE", Operator::kGreaterEqual},
    {"SCMP_CMP_GT", Operator::kGreater},
    {"SCMP_CMP_MASKED_EQ", Operator::kMaskedEqual},
};

struct FlagName {
  absl::string_view name;
  uint32_t flag;
};

constexpr FlagName kFlags[] = {
    {"SECCOMP_FILTER_FLAG_TSYNC", 0},
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
     SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
};

template <typename Entry, size_t kCount>
const Entry* Find(const Entry (&table)[kCount], absl::string_view name) {
  for (const Entry& entry : table) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

absl::Status Unknown(absl::string_view what, absl::string_view name,
                     absl::string_view example) {
  return absl::InvalidArgumentError(absl::StrCat(
      what, " '", name, "': no such ", what, " (as ", example, ")"));
}

}  // namespace

absl::StatusOr<uint32_t> ParseAction(absl::string_view name,
                                     absl::optional<uint32_t> data) {
  const ActionName* const found = Find(kActions, name);
  if (found == nullptr) return Unknown("action", name, "SCMP_ACT_ALLOW");
  if (data && *data > found->max_data) {
    return absl::InvalidArgumentError(
        found->max_data == 0
            ? absl::StrCat("action '", name, "': has no errno")
            : absl::StrCat("errno ", *data, ": the largest of ", name, " is ",
                           found->max_data));
  }
  if (found->max_data == 0) return found->action;
  return found->action | data.value_or(EPERM);
}

absl::StatusOr<Operator> ParseOperator(absl::string_view name) {
  const OperatorName* const found = Find(kOperators, name);
  if (found == nullptr) return Unknown("operator", name, "SCMP_CMP_EQ");
  return found->op;
}

absl::StatusOr<uint32_t> ParseFlag(absl::string_view name) {
  const FlagName* const found = Find(kFlags, name);
  if (found == nullptr) {
    return Unknown("flag", name, "SECCOMP_FILTER_FLAG_LOG");
  }
  return found->flag;
}

absl::StatusOr<uint32_t> ParseErrno(absl::string_view name) {
  for (int number = 1; number <= EHWPOISON; ++number) {
    const char* const known = strerrorname_np(number);
    if (known != nullptr && name == known) {
      return static_cast<uint32_t>(number);
    }
  }
  return Unknown("errno", name, "EPERM");
}

}  // namespace cleat::seccomp
