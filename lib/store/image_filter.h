#ifndef CLEAT_LIB_STORE_IMAGE_FILTER_H_
#define CLEAT_LIB_STORE_IMAGE_FILTER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "lib/image/config.h"

namespace cleat::store {

// Which images `docker images --filter` lists (moby 20.10:
// daemon/images/images.go). Of several references or times one must fit, of
// labels all.
class ImageFilter {
 public:
  // From "dangling=true", "label=KEY[=VALUE]", "before=IMAGE", "since=IMAGE",
  // "reference=PATTERN". IMAGE is looked up in the store at `root`.
  // kInvalidArgument for another text, kNotFound for an image that is not
  // there.
  static absl::StatusOr<ImageFilter> Parse(
      const std::string& root, const std::vector<std::string>& texts);

  // Adds an alternative to the references.
  void AddReference(std::string pattern) {
    references_.push_back(std::move(pattern));
  }

  // By what an image is; its names are seen to apart.
  bool FitsConfig(const image::Config& config) const;
  // By whether it has no name.
  bool FitsDangling(bool is_dangling) const;
  // One of its names: "busybox", "busybox:1". The pattern is fnmatch(3)'s, and
  // a '*' does not go beyond a '/'.
  bool FitsName(const std::string& repository, const std::string& name) const;
  bool has_references() const { return !references_.empty(); }

 private:
  absl::Status Add(const std::string& root, absl::string_view text);

  absl::optional<bool> dangling_;
  // A label's key, and a value or nothing.
  std::vector<std::pair<std::string, absl::optional<std::string>>> labels_;
  absl::optional<absl::Time> before_;
  absl::optional<absl::Time> since_;
  std::vector<std::string> references_;
};

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_IMAGE_FILTER_H_
