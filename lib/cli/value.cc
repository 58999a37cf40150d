#include "lib/cli/value.h"

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"

namespace cleat::cli {
namespace {

absl::StatusOr<int64_t> ParseBool(absl::string_view text) {
  bool value = false;
  if (!absl::SimpleAtob(text, &value)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not true or false"));
  }
  return value ? 1 : 0;
}

absl::StatusOr<int64_t> ParseInteger(absl::string_view text) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not a whole number"));
  }
  return value;
}

absl::StatusOr<int64_t> ParseByUnit(pb::Unit unit, absl::string_view text) {
  switch (unit) {
    case pb::Unit::kBytes:
      return ParseBytes(text);
    case pb::Unit::kDuration:
      return ParseDuration(text);
    case pb::Unit::kNano:
      return ParseNano(text);
    case pb::Unit::kCount:
      return ParseCount(text);
    case pb::Unit::kBytesOrUnlimited:
      return ParseBytesOrUnlimited(text);
    case pb::Unit::kOctal:
      return ParseOctal(text);
    default:
      return ParseInteger(text);
  }
}

absl::Status PutInteger(const pb::Flag& flag, absl::string_view text,
                        void* owner) {
  const bool is_bool = flag.field->type == pb::Type::kBool;
  CLEAT_ASSIGN_OR_RETURN(
      const int64_t value,
      is_bool ? ParseBool(text) : ParseByUnit(flag.unit, text));
  if (!is_bool && (value < flag.field->min || value > flag.field->max)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is out of range: ", flag.field->min, " to ",
                     flag.field->max, " is allowed"));
  }
  flag.field->put_integer(owner, value);
  return absl::OkStatus();
}

}  // namespace

absl::Status PutValue(const pb::Flag& flag, const std::string& text,
                      void* options) {
  void* owner = flag.owner(options);
  if (flag.field->type != pb::Type::kString) {
    return PutInteger(flag, text, owner);
  }
  // Whether an empty list says anything is for its owner to know.
  if (flag.unit == pb::Unit::kList && !text.empty()) {
    CLEAT_RETURN_IF_ERROR(ParseList(text).status());
  }
  flag.field->put_string(
      owner, flag.listed ? absl::StrCat(flag.name, "=", text) : text);
  return absl::OkStatus();
}

}  // namespace cleat::cli
