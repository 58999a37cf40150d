#include "lib/store/image_filter.h"

#include <fnmatch.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/store/image_store.h"

namespace cleat::store {
namespace {

absl::Time CreationOf(const image::Config& config) {
  absl::Time time;
  return absl::ParseTime(absl::RFC3339_full, config.created, &time, nullptr)
             ? time
             : absl::InfinitePast();
}

absl::StatusOr<absl::Time> CreationOf(const std::string& root,
                                      absl::string_view name) {
  const ImageStore images(root);
  CLEAT_ASSIGN_OR_RETURN(const std::string id, images.Resolve(name));
  CLEAT_ASSIGN_OR_RETURN(std::string text, images.Get(id));
  CLEAT_ASSIGN_OR_RETURN(
      const image::Config config,
      image::ParseConfig(std::move(text), absl::StrCat("config ", id)));
  return CreationOf(config);
}

absl::StatusOr<bool> ParseBool(absl::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return absl::InvalidArgumentError(
      absl::StrCat("filter dangling: '", text, "' is neither true nor false"));
}

bool Matches(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), FNM_PATHNAME) == 0;
}

}  // namespace

absl::Status ImageFilter::Add(const std::string& root, absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  const absl::string_view value = parts.second;
  if (parts.first == "dangling") {
    CLEAT_ASSIGN_OR_RETURN(dangling_, ParseBool(value));
  } else if (parts.first == "label") {
    const std::vector<std::string> label =
        absl::StrSplit(value, absl::MaxSplits('=', 1));
    labels_.emplace_back(label[0], label.size() > 1
                                       ? absl::make_optional(label[1])
                                       : absl::nullopt);
  } else if (parts.first == "before") {
    CLEAT_ASSIGN_OR_RETURN(const absl::Time time, CreationOf(root, value));
    before_ = std::max(before_.value_or(time), time);
  } else if (parts.first == "since") {
    CLEAT_ASSIGN_OR_RETURN(const absl::Time time, CreationOf(root, value));
    since_ = std::min(since_.value_or(time), time);
  } else if (parts.first == "reference") {
    references_.emplace_back(value);
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        "filter '", text,
        "': is none of dangling=, label=, before=, since= and reference="));
  }
  return absl::OkStatus();
}

absl::StatusOr<ImageFilter> ImageFilter::Parse(
    const std::string& root, const std::vector<std::string>& texts) {
  ImageFilter filter;
  for (const std::string& text : texts) {
    CLEAT_RETURN_IF_ERROR(filter.Add(root, text));
  }
  return filter;
}

bool ImageFilter::FitsConfig(const image::Config& config) const {
  if (before_ && CreationOf(config) >= *before_) return false;
  if (since_ && CreationOf(config) <= *since_) return false;
  const auto& labels = config.run.labels();
  return std::all_of(labels_.begin(), labels_.end(), [&](const auto& label) {
    const auto found = labels.find(label.first);
    return found != labels.end() &&
           (!label.second || found->second == *label.second);
  });
}

bool ImageFilter::FitsDangling(bool is_dangling) const {
  return !dangling_ || *dangling_ == is_dangling;
}

bool ImageFilter::FitsName(const std::string& repository,
                           const std::string& name) const {
  return references_.empty() ||
         std::any_of(references_.begin(), references_.end(),
                     [&](const std::string& pattern) {
                       return Matches(pattern, name) ||
                              Matches(pattern, repository);
                     });
}

}  // namespace cleat::store
