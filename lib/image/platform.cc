#include "lib/image/platform.h"

#include <sys/utsname.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace cleat::image {
namespace {

struct Machine {
  // utsname.machine, as the kernel has it.
  const char* machine;
  const char* architecture;
  const char* variant;
};

constexpr Machine kMachines[] = {
    {"x86_64", "amd64", ""},
    {"aarch64", "arm64", ""},
    {"armv5tel", "arm", "v5"},
    {"armv6l", "arm", "v6"},
    {"armv7l", "arm", "v7"},
    {"armv8l", "arm", "v8"},
    {"i686", "386", ""},
    {"i586", "386", ""},
    {"ppc64le", "ppc64le", ""},
    {"ppc64", "ppc64", ""},
    {"s390x", "s390x", ""},
    {"riscv64", "riscv64", ""},
    {"loongarch64", "loong64", ""},
};

proto::Platform MakePlatform(absl::string_view os,
                             absl::string_view architecture,
                             absl::string_view variant) {
  proto::Platform platform;
  platform.set_os(std::string(os));
  platform.set_architecture(std::string(architecture));
  if (!variant.empty()) platform.set_variant(std::string(variant));
  return platform;
}

// A variant's place among those of its architecture; -1 for one that is no
// "vN" and so equals only itself.
int Rank(const proto::Platform& platform) {
  absl::string_view variant = platform.variant();
  if (variant.empty()) {
    if (platform.architecture() == "arm64") return 8;
    return platform.architecture() == "arm" ? 7 : 1;
  }
  int rank = 0;
  if (!absl::ConsumePrefix(&variant, "v") ||
      !absl::SimpleAtoi(variant, &rank)) {
    return -1;
  }
  return rank;
}

}  // namespace

proto::Platform HostPlatform() {
  struct utsname name;
  if (uname(&name) != 0) return MakePlatform("linux", "unknown", "");
  for (const Machine& machine : kMachines) {
    if (absl::string_view(name.machine) == machine.machine) {
      return MakePlatform("linux", machine.architecture, machine.variant);
    }
  }
  return MakePlatform("linux", name.machine, "");
}

absl::StatusOr<proto::Platform> ParsePlatform(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  const bool empty_part =
      std::any_of(parts.begin(), parts.end(),
                  [](absl::string_view part) { return part.empty(); });
  if (parts.size() < 2 || parts.size() > 3 || empty_part) {
    return absl::InvalidArgumentError(
        absl::StrCat("parse platform '", absl::CHexEscape(text),
                     "': is not OS/ARCHITECTURE[/VARIANT], for example "
                     "linux/arm64"));
  }
  return MakePlatform(parts[0], parts[1], parts.size() == 3 ? parts[2] : "");
}

std::string FormatPlatform(const proto::Platform& platform) {
  const std::string text =
      absl::StrCat(platform.os(), "/", platform.architecture());
  if (platform.variant().empty()) return text;
  return absl::StrCat(text, "/", platform.variant());
}

bool Runs(const proto::Platform& want, const proto::Platform& have) {
  if (want.os() != have.os() || want.architecture() != have.architecture()) {
    return false;
  }
  if (want.variant() == have.variant()) return true;
  return Rank(have) >= 0 && Rank(have) <= Rank(want);
}

absl::StatusOr<size_t> ChoosePlatform(
    const proto::Platform& want, const std::vector<proto::Platform>& offered) {
  size_t best = offered.size();
  for (size_t i = 0; i < offered.size(); ++i) {
    if (!Runs(want, offered[i])) continue;
    if (best == offered.size() || Rank(offered[i]) > Rank(offered[best])) {
      best = i;
    }
  }
  if (best < offered.size()) return best;
  return absl::NotFoundError(absl::StrCat(
      "no image for ", FormatPlatform(want), "; there is ",
      absl::StrJoin(offered, ", ",
                    [](std::string* out, const proto::Platform& platform) {
                      absl::StrAppend(out, FormatPlatform(platform));
                    })));
}

absl::Status CheckPlatform(absl::string_view name,
                           const absl::optional<proto::Platform>& asked,
                           const proto::Platform& have) {
  if (!asked || Runs(*asked, have)) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(name, ": no image for ",
                                          FormatPlatform(*asked), "; there is ",
                                          FormatPlatform(have)));
}

}  // namespace cleat::image
