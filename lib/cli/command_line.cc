#include "lib/cli/command_line.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace cleat::cli {
namespace {

constexpr int64_t kNanos = 1000000000;

// In the largest unit that it is whole in: "64m".
std::string BytesText(int64_t value) {
  constexpr absl::string_view kUnits[] = {"", "k", "m", "g", "t"};
  const auto* unit = kUnits;
  while (unit + 1 != std::end(kUnits) && value != 0 && value % 1024 == 0) {
    value /= 1024;
    ++unit;
  }
  return absl::StrCat(value, *unit);
}

// "0.5", "2".
std::string NanoText(int64_t value) {
  std::string text = absl::StrFormat("%d.%09d", value / kNanos, value % kNanos);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

// The text that lib/base/units.h reads as this number.
std::string NumberText(pb::Unit unit, int64_t value) {
  switch (unit) {
    case pb::Unit::kDuration:
      return absl::StrCat(value, "us");
    case pb::Unit::kNano:
      return NanoText(value);
    case pb::Unit::kBytes:
    case pb::Unit::kBytesOrUnlimited:
      return BytesText(value);
    case pb::Unit::kOctal:
      return absl::StrFormat("0%o", value);
    default:
      return absl::StrCat(value);
  }
}

std::string ValueText(const pb::Flag& flag, void* owner, int i) {
  if (flag.field->type == pb::Type::kString) {
    return flag.field->get_string(owner, i);
  }
  const int64_t value = flag.field->get_integer(owner, i);
  if (flag.field->type != pb::Type::kBool) return NumberText(flag.unit, value);
  return value != 0 ? "true" : "false";
}

std::string Word(const pb::Flag& flag, const std::string& value) {
  const bool bare = flag.field->type == pb::Type::kBool
                        ? value == "true"
                        : flag.implied != nullptr && value == flag.implied;
  return bare ? absl::StrCat("--", flag.name)
              : absl::StrCat("--", flag.name, "=", value);
}

// The values of one flag. Those of a list that flags share stand in it as
// "NAME=VALUE", all of them in their order, so the list's first flag gives
// them.
void AddFlag(const pb::Flag& flag, void* owner,
             std::vector<std::string>& words) {
  const int count = flag.field->size(owner);
  for (int i = 0; i < count; ++i) {
    const std::string value = ValueText(flag, owner, i);
    words.push_back(flag.listed ? absl::StrCat("--", value)
                                : Word(flag, value));
  }
}

// Whether an earlier flag has given the list that this one shares.
bool IsGiven(const pb::Tool& tool, const pb::Flag& flag) {
  if (!flag.listed) return false;
  return std::any_of(tool.begin(), &flag, [&](const pb::Flag& earlier) {
    return earlier.listed && earlier.field == flag.field;
  });
}

bool IsPlain(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         strchr("%+,-./:=@_^", c) != nullptr;
}

}  // namespace

std::vector<std::string> CommandLine(const pb::Tool& tool, void* options) {
  std::vector<std::string> words = {tool.name};
  std::vector<std::string> operands;
  for (const pb::Flag& flag : tool) {
    if (IsGiven(tool, flag)) continue;
    void* const owner = flag.owner(options);
    if (!flag.operand) {
      AddFlag(flag, owner, words);
      continue;
    }
    for (int i = 0; i < flag.field->size(owner); ++i) {
      operands.push_back(flag.field->get_string(owner, i));
    }
  }
  const bool dash = !operands.empty() && operands[0][0] == '-';
  if (dash) words.emplace_back("--");
  words.insert(words.end(), operands.begin(), operands.end());
  return words;
}

std::string ShellQuote(absl::string_view word) {
  // A zero byte would be plain to strchr; no word of a command line has one.
  if (!word.empty() && std::all_of(word.begin(), word.end(), IsPlain)) {
    return std::string(word);
  }
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

}  // namespace cleat::cli
