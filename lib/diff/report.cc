#include "lib/diff/report.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace cleat::diff {
namespace {

std::string Letter(const Change& change) {
  return std::string(1, static_cast<char>(change.kind));
}

}  // namespace

absl::StatusOr<uint32_t> ParseDifferences(
    const google::protobuf::RepeatedPtrField<std::string>& names) {
  uint32_t set = 0;
  for (const std::string& name : names) {
    std::string known;
    uint32_t bit = 0;
    for (const DifferenceName& difference : kDifferenceNames) {
      if (name == difference.name) bit = difference.bit;
      absl::StrAppend(&known, known.empty() ? "" : ", ", difference.name);
    }
    if (bit == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--ignore '", name, "': give one of ", known));
    }
    set |= bit;
  }
  return set;
}

proto::TreeChange ToProto(const Change& change) {
  proto::TreeChange result;
  result.set_kind(Letter(change));
  result.set_path(absl::StrCat("/", change.path));
  for (const DifferenceName& difference : kDifferenceNames) {
    if ((change.differs & difference.bit) != 0) {
      result.add_differs(difference.name);
    }
  }
  return result;
}

std::string ToLine(const Change& change) {
  return absl::StrCat(Letter(change), " /",
                      absl::Utf8SafeCHexEscape(change.path));
}

}  // namespace cleat::diff
