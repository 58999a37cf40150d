#include "lib/procfs/stat.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::procfs {
namespace {

// proc(5) numbers the fields from 1; the third is the first after the name.
constexpr size_t kFirstField = 3;
constexpr size_t kStartTimeField = 22;
// The kernel's longest line is well below.
constexpr size_t kFileLimit = 4096;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("parse stat of a process: ", what));
}

// The fields after the name.
class Fields {
 public:
  explicit Fields(absl::string_view text)
      : words_(absl::StrSplit(absl::StripSuffix(text, "\n"), ' ')) {}

  bool Complete() const {
    return words_.size() > kStartTimeField - kFirstField &&
           words_.front().size() == 1;
  }

  char State() const { return words_.front().front(); }

  template <typename Number>
  absl::Status Get(size_t field, Number& value) const {
    if (absl::SimpleAtoi(words_[field - kFirstField], &value)) {
      return absl::OkStatus();
    }
    return Malformed(absl::StrCat("field ", field, " is no number"));
  }

 private:
  std::vector<absl::string_view> words_;
};

absl::Status GetNumbers(const Fields& fields, Stat& stat) {
  CLEAT_RETURN_IF_ERROR(fields.Get(4, stat.ppid));
  CLEAT_RETURN_IF_ERROR(fields.Get(5, stat.process_group));
  CLEAT_RETURN_IF_ERROR(fields.Get(6, stat.session));
  CLEAT_RETURN_IF_ERROR(fields.Get(14, stat.user_ticks));
  CLEAT_RETURN_IF_ERROR(fields.Get(15, stat.system_ticks));
  CLEAT_RETURN_IF_ERROR(fields.Get(20, stat.threads));
  return fields.Get(kStartTimeField, stat.start_time);
}

}  // namespace

absl::StatusOr<Stat> ParseStat(absl::string_view text) {
  // A name may hold ") S 1 (": only its last parenthesis ends it, since what
  // follows is one letter and numbers.
  const size_t open = text.find(" (");
  const size_t close = text.rfind(") ");
  if (open == absl::string_view::npos || close == absl::string_view::npos ||
      close < open + 2) {
    return Malformed("no name in parentheses");
  }
  Stat stat;
  if (!absl::SimpleAtoi(text.substr(0, open), &stat.pid)) {
    return Malformed("field 1 is no number");
  }
  stat.comm = std::string(text.substr(open + 2, close - open - 2));
  const Fields fields(text.substr(close + 2));
  if (!fields.Complete()) return Malformed("fewer than 22 fields");
  stat.state = fields.State();
  CLEAT_RETURN_IF_ERROR(GetNumbers(fields, stat));
  return stat;
}

absl::StatusOr<Stat> ReadStat(int pid, const std::string& proc) {
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      sys::ReadFile(absl::StrCat(proc, "/", pid, "/stat"), kFileLimit));
  return ParseStat(text);
}

}  // namespace cleat::procfs
