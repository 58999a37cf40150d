#include "lib/layer/pack_options.h"

#include <stdlib.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/ns/id_map.h"
#include "lib/ns/rootless.h"
#include "lib/sys/privilege.h"

namespace cleat::layer {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

absl::StatusOr<std::vector<procfs::IdRange>> ParseMap(absl::string_view flag,
                                                      const Texts& texts) {
  std::vector<procfs::IdRange> map;
  for (const std::string& text : texts) {
    absl::StatusOr<procfs::IdRange> range = ns::ParseIdRange(text);
    if (!range.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(flag, ": ", range.status().message()));
    }
    map.push_back(*range);
  }
  return map;
}

absl::StatusOr<Owner> ParseOwner(const std::string& text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, ':');
  Owner owner;
  if (absl::SimpleAtoi(parts.first, &owner.uid) &&
      absl::SimpleAtoi(parts.second, &owner.gid) &&
      text == absl::StrCat(owner.uid, ":", owner.gid)) {
    return owner;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--owner '", text, "': give UID:GID, as 0:0"));
}

}  // namespace

absl::StatusOr<absl::optional<int64_t>> SourceDateEpoch() {
  const char* const text = getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) return absl::optional<int64_t>();
  int64_t seconds = 0;
  if (absl::SimpleAtoi(text, &seconds) && seconds >= 0) {
    return absl::optional<int64_t>(seconds);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "SOURCE_DATE_EPOCH '", text, "': is not a number of seconds"));
}

absl::StatusOr<PackOptions> ParsePackOptions(
    const proto::PackingOptions& options) {
  PackOptions result;
  CLEAT_ASSIGN_OR_RETURN(result.latest_mtime, SourceDateEpoch());
  CLEAT_ASSIGN_OR_RETURN(result.users, ParseMap("--uidmap", options.uidmap()));
  CLEAT_ASSIGN_OR_RETURN(result.groups, ParseMap("--gidmap", options.gidmap()));
  if (options.has_owner()) {
    CLEAT_ASSIGN_OR_RETURN(result.owner, ParseOwner(options.owner()));
  }
  result.nanoseconds = options.nanoseconds();
  if (options.has_max_size()) result.max_size = options.max_size();
  return result;
}

absl::StatusOr<compress::Compression> ParseCompression(
    const proto::CompressionOptions& options) {
  compress::Compression compression;
  if (options.has_compression()) {
    CLEAT_ASSIGN_OR_RETURN(compression.format,
                           compress::ParseFormat(options.compression()));
  }
  if (options.has_threads() && options.threads() < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads ", options.threads(), ": give 1 or more"));
  }
  if (options.has_level() && options.level() < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("--level ", options.level(), ": give 1 or more"));
  }
  compression.level = options.level();
  compression.threads = options.threads();
  return compression;
}

Form OwnTreeForm() {
  Form form;
  form.user_xattrs =
      ns::RightsHere() == ns::Rights::kOrdinary || !sys::InFirstUserNamespace();
  return form;
}

}  // namespace cleat::layer
