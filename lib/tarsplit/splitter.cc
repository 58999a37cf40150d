#include "lib/tarsplit/splitter.h"

#include <functional>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/tarsplit/entry_line.h"

namespace cleat::tarsplit {
namespace {

using absl::string_view;

constexpr size_t kMaxSegment = size_t{4} << 20;
// What goes to the sink at once.
constexpr size_t kText = size_t{64} << 10;

bool IsClean(string_view name) {
  return !absl::StartsWith(name, "/") && !absl::StartsWith(name, ".") &&
         !absl::StrContains(name, "//") && !absl::StrContains(name, "/.");
}

struct NotDot {
  bool operator()(string_view part) const {
    return !part.empty() && part != ".";
  }
};

// One hash for all spellings of a name.
uint64_t HashName(string_view name) {
  const std::hash<std::string_view> hash;
  if (!IsClean(name)) {
    return hash(absl::StrJoin(absl::StrSplit(name, '/', NotDot()), "/"));
  }
  name = absl::StripSuffix(name, "/");
  return hash(std::string_view(name.data(), name.size()));
}

bool IsWhiteout(string_view name) {
  return absl::StartsWith(name, ".wh.") || absl::StrContains(name, "/.wh.");
}

}  // namespace

absl::Status Splitter::OnRaw(string_view bytes) {
  CLEAT_RETURN_IF_ERROR(EndFile());
  any_raw_ = true;
  while (segment_.size() + bytes.size() > kMaxSegment) {
    const string_view part = bytes.substr(0, kMaxSegment - segment_.size());
    segment_.append(part.data(), part.size());
    bytes.remove_prefix(part.size());
    CLEAT_RETURN_IF_ERROR(WriteSegment());
  }
  segment_.append(bytes.data(), bytes.size());
  return absl::OkStatus();
}

bool Splitter::IsInTree(const tar::Entry& entry) {
  return data_ == Data::kInTree && entry.type == tar::Type::kFile &&
         entry.size > 0 && !entry.sparse && !IsWhiteout(entry.name);
}

absl::Status Splitter::OnEntry(const tar::Entry& entry) {
  CLEAT_RETURN_IF_ERROR(EndFile());
  CLEAT_RETURN_IF_ERROR(WriteSegment());
  is_in_tree_ = IsInTree(entry);
  const auto [known, is_new] =
      names_.try_emplace(HashName(entry.name), is_in_tree_);
  if (!is_new) {
    // dockerd refuses a second line of a name; it needs none.
    replaced_data_ |= known->second;
    is_in_tree_ = false;
    return absl::OkStatus();
  }
  in_file_ = true;
  name_ = entry.name;
  size_ = is_in_tree_ ? entry.size : 0;
  crc_ = Crc64();
  return absl::OkStatus();
}

absl::Status Splitter::OnData(string_view bytes) {
  if (!is_in_tree_) return OnRaw(bytes);
  crc_.Update(bytes);
  return absl::OkStatus();
}

absl::Status Splitter::OnEnd() {
  CLEAT_RETURN_IF_ERROR(EndFile());
  if (any_raw_) return WriteSegment();
  AppendSegment("", position_++, &text_, Missing::kYes);
  return absl::OkStatus();
}

absl::Status Splitter::Finish() {
  CLEAT_RETURN_IF_ERROR(WriteSegment());
  return Flush(0);
}

absl::Status Splitter::EndFile() {
  if (!in_file_) return absl::OkStatus();
  in_file_ = false;
  AppendFile(name_, size_, size_ > 0 ? crc_.Bytes() : "", position_++, &text_);
  return Flush(kText);
}

absl::Status Splitter::WriteSegment() {
  AppendSegment(segment_, position_++, &text_);
  segment_.clear();
  return Flush(kText);
}

absl::Status Splitter::Flush(size_t limit) {
  if (text_.size() <= limit) return absl::OkStatus();
  const absl::Status status = sink_(text_);
  text_.clear();
  return status;
}

}  // namespace cleat::tarsplit
