#include "lib/image/source.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace cleat::image {
namespace {

struct Prefix {
  absl::string_view text;
  Transport transport;
};

constexpr Prefix kPrefixes[] = {
    {"oci:", Transport::kOciLayout},
    {"oci-archive:", Transport::kOciArchive},
    {"docker-archive:", Transport::kDockerArchive},
};

// Other programs' transports, which would pass for names otherwise.
constexpr absl::string_view kForeign[] = {
    "docker://",           "docker-daemon:", "dir:",
    "containers-storage:", "sif:",           "ostree:",
};

absl::Status CheckForeign(absl::string_view text) {
  for (absl::string_view prefix : kForeign) {
    if (!absl::ConsumePrefix(&text, prefix)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "read image '", absl::Utf8SafeCHexEscape(text), "': ", prefix,
        " is not read; there are oci:DIR[:TAG], oci-archive:FILE[:TAG], "
        "docker-archive:FILE[:NAME:TAG], and names in the store"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Source> ParseSource(absl::string_view text) {
  Source source;
  for (const Prefix& prefix : kPrefixes) {
    absl::string_view rest = text;
    if (!absl::ConsumePrefix(&rest, prefix.text)) continue;
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(rest, absl::MaxSplits(':', 1));
    source.transport = prefix.transport;
    source.path = std::string(parts.first);
    source.name = std::string(parts.second);
    if (!source.path.empty()) return source;
    return absl::InvalidArgumentError(
        absl::StrCat("read image '", absl::Utf8SafeCHexEscape(text),
                     "': a path must follow ", prefix.text));
  }
  if (absl::Status status = CheckForeign(text); !status.ok()) return status;
  if (text.empty()) {
    return absl::InvalidArgumentError("read image '': the name is empty");
  }
  source.name = std::string(text);
  return source;
}

}  // namespace cleat::image
