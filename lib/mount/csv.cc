#include "lib/mount/csv.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"

namespace cleat::mount {
namespace {

// Takes a field without quotes from the front of `rest`.
absl::StatusOr<std::string> TakePlain(absl::string_view* rest) {
  const absl::string_view field = rest->substr(0, rest->find(','));
  if (absl::StrContains(field, '"')) {
    return absl::InvalidArgumentError(
        "a '\"' stands inside a field; quote the field as a whole");
  }
  if (field.find_first_of("\r\n") != absl::string_view::npos) {
    return absl::InvalidArgumentError("a line ends in it");
  }
  rest->remove_prefix(field.size());
  return std::string(field);
}

// The same of one that begins with a quote.
absl::StatusOr<std::string> TakeQuoted(absl::string_view* rest) {
  std::string field;
  rest->remove_prefix(1);
  while (true) {
    const size_t quote = rest->find('"');
    if (quote == absl::string_view::npos) {
      return absl::InvalidArgumentError("a '\"' is not closed");
    }
    field.append(rest->data(), quote);
    rest->remove_prefix(quote + 1);
    if (!absl::ConsumePrefix(rest, "\"")) break;
    field.push_back('"');
  }
  if (!rest->empty() && rest->front() != ',') {
    return absl::InvalidArgumentError("text follows a closing '\"'");
  }
  return field;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseCsv(absl::string_view record) {
  if (record.empty()) return absl::InvalidArgumentError("it is empty");
  std::vector<std::string> fields;
  do {
    CLEAT_ASSIGN_OR_RETURN(std::string field, absl::StartsWith(record, "\"")
                                                  ? TakeQuoted(&record)
                                                  : TakePlain(&record));
    fields.push_back(std::move(field));
  } while (absl::ConsumePrefix(&record, ","));
  return fields;
}

}  // namespace cleat::mount
