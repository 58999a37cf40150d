#include "lib/ns/subid.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

constexpr size_t kFileLimit = size_t{16} << 20;

bool IsOwner(absl::string_view owner, uid_t uid,
             const std::vector<std::string>& names) {
  uid_t number;
  return std::find(names.begin(), names.end(), owner) != names.end() ||
         (absl::SimpleAtoi(owner, &number) && number == uid);
}

bool ParseRange(const std::vector<absl::string_view>& fields, SubIds* ids) {
  return fields.size() == 3 && absl::SimpleAtoi(fields[1], &ids->first) &&
         absl::SimpleAtoi(fields[2], &ids->count) &&
         uint64_t{ids->first} + ids->count <= UINT32_MAX;
}

absl::Status NoRange(const std::string& file, uid_t uid,
                     const std::vector<std::string>& names) {
  const std::string name = names.empty() ? absl::StrCat(uid) : names.front();
  return absl::NotFoundError(absl::StrCat(file, " gives user ", name,
                                          " no ids (a line as ", name,
                                          ":100000:65536 would)"));
}

// The text of a file that may be absent.
absl::StatusOr<std::string> ReadIfPresent(const std::string& path) {
  absl::StatusOr<std::string> text = sys::ReadFile(path, kFileLimit);
  if (absl::IsNotFound(text.status())) return std::string();
  return text;
}

}  // namespace

absl::StatusOr<std::vector<SubIds>> ParseSubIds(
    absl::string_view text, uid_t uid, const std::vector<std::string>& names) {
  std::vector<SubIds> all;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ':');
    if (!IsOwner(fields[0], uid, names)) continue;
    SubIds ids;
    if (!ParseRange(fields, &ids)) {
      return absl::InvalidArgumentError(
          absl::StrCat("line '", line, "' is no OWNER:FIRST:COUNT"));
    }
    if (ids.count > 0) all.push_back(ids);
  }
  return all;
}

std::vector<std::string> NamesOfUser(absl::string_view passwd, uid_t uid) {
  std::vector<std::string> names;
  for (const absl::string_view line : absl::StrSplit(passwd, '\n')) {
    const std::vector<absl::string_view> fields =
        absl::StrSplit(line, absl::MaxSplits(':', 3));
    uid_t number;
    if (fields.size() == 4 && !fields[0].empty() &&
        absl::SimpleAtoi(fields[2], &number) && number == uid) {
      names.emplace_back(fields[0]);
    }
  }
  return names;
}

absl::StatusOr<std::vector<SubIds>> ReadSubIds(IdKind kind, uid_t uid,
                                               const std::string& root) {
  const std::string file = absl::StrCat(root, NamesOf(kind).subid_file);
  CLEAT_ASSIGN_OR_RETURN(const std::string text, ReadIfPresent(file));
  CLEAT_ASSIGN_OR_RETURN(const std::string passwd,
                         ReadIfPresent(absl::StrCat(root, "/etc/passwd")));
  const std::vector<std::string> names = NamesOfUser(passwd, uid);
  absl::StatusOr<std::vector<SubIds>> ids = ParseSubIds(text, uid, names);
  if (!ids.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ": ", ids.status().message()));
  }
  if (ids->empty()) return NoRange(file, uid, names);
  return ids;
}

}  // namespace cleat::ns
