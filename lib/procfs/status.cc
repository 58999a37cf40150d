#include "lib/procfs/status.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::procfs {
namespace {

constexpr size_t kFileLimit = size_t{2} << 20;  // 65,536 groups and the rest

template <typename Number>
bool ParseNumber(absl::string_view text, Number& number) {
  return absl::SimpleAtoi(text, &number);
}

bool ParseMask(absl::string_view text, uint64_t& mask) {
  return absl::SimpleHexAtoi(text, &mask);
}

bool ParseFlag(absl::string_view text, bool& flag) {
  flag = text == "1";
  return flag || text == "0";
}

template <typename Number>
bool ParseList(absl::string_view text, std::vector<Number>& numbers) {
  for (const absl::string_view word :
       absl::StrSplit(text, absl::ByAnyChar(" \t"), absl::SkipEmpty())) {
    if (!absl::SimpleAtoi(word, &numbers.emplace_back())) return false;
  }
  return true;
}

bool ParseIds(absl::string_view text, Ids& ids) {
  std::vector<uint32_t> numbers;
  if (!ParseList(text, numbers) || numbers.size() != 4) return false;
  ids = {numbers[0], numbers[1], numbers[2], numbers[3]};
  return true;
}

using Status = ProcessStatus;
using View = absl::string_view;

struct Line {
  View name;
  bool (*parse)(View text, Status& status);
};

constexpr Line kLines[] = {
    {"Name",
     [](View t, Status& s) {
       s.name = std::string(t);
       return true;
     }},
    {"State",
     [](View t, Status& s) {
       s.state = t.empty() ? 0 : t.front();
       return !t.empty();
     }},
    {"Tgid", [](View t, Status& s) { return ParseNumber(t, s.tgid); }},
    {"Pid", [](View t, Status& s) { return ParseNumber(t, s.pid); }},
    {"PPid", [](View t, Status& s) { return ParseNumber(t, s.ppid); }},
    {"Uid", [](View t, Status& s) { return ParseIds(t, s.uid); }},
    {"Gid", [](View t, Status& s) { return ParseIds(t, s.gid); }},
    {"Groups", [](View t, Status& s) { return ParseList(t, s.groups); }},
    {"NSpid", [](View t, Status& s) { return ParseList(t, s.namespace_pids); }},
    {"Threads", [](View t, Status& s) { return ParseNumber(t, s.threads); }},
    {"SigBlk",
     [](View t, Status& s) { return ParseMask(t, s.signals.blocked); }},
    {"SigIgn",
     [](View t, Status& s) { return ParseMask(t, s.signals.ignored); }},
    {"SigCgt",
     [](View t, Status& s) { return ParseMask(t, s.signals.caught); }},
    {"CapInh",
     [](View t, Status& s) {
       return ParseMask(t, s.capabilities.inheritable);
     }},
    {"CapPrm",
     [](View t, Status& s) { return ParseMask(t, s.capabilities.permitted); }},
    {"CapEff",
     [](View t, Status& s) { return ParseMask(t, s.capabilities.effective); }},
    {"CapBnd",
     [](View t, Status& s) { return ParseMask(t, s.capabilities.bounding); }},
    {"CapAmb",
     [](View t, Status& s) { return ParseMask(t, s.capabilities.ambient); }},
    {"NoNewPrivs",
     [](View t, Status& s) { return ParseFlag(t, s.no_new_privs); }},
    {"Seccomp", [](View t, Status& s) { return ParseNumber(t, s.seccomp); }},
    {"Seccomp_filters",
     [](View t, Status& s) { return ParseNumber(t, s.seccomp_filters); }},
};

bool ParseLine(View line, ProcessStatus& status) {
  const std::pair<View, View> parts =
      absl::StrSplit(line, absl::MaxSplits(':', 1));
  for (const Line& known : kLines) {
    if (known.name != parts.first) continue;
    return known.parse(absl::StripAsciiWhitespace(parts.second), status);
  }
  return true;
}

}  // namespace

absl::StatusOr<ProcessStatus> ParseStatus(absl::string_view text) {
  ProcessStatus status;
  for (const View line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (!ParseLine(line, status)) {
      return absl::InvalidArgumentError(
          absl::StrCat("parse status of a process: line is malformed: ", line));
    }
  }
  return status;
}

absl::StatusOr<ProcessStatus> ReadStatus(const std::string& proc,
                                         absl::string_view process) {
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      sys::ReadFile(absl::StrCat(proc, "/", process, "/status"), kFileLimit));
  return ParseStatus(text);
}

}  // namespace cleat::procfs
