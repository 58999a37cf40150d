#include <cstddef>
#include <cstdint>

#include "lib/procfs/cgroup_stat.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto take = [](absl::string_view value) {
    static_cast<void>(cleat::procfs::ParseStatNumber(value));
    static_cast<void>(cleat::procfs::ParseStatHundredths(value));
  };
  take(text);
  cleat::procfs::ForEachFlatStat(
      text, [&](absl::string_view, absl::string_view value) { take(value); });
  const auto nested = [&](absl::string_view, absl::string_view,
                          absl::string_view value) { take(value); };
  cleat::procfs::ForEachNestedStat(text, nested);
  cleat::procfs::ForEachBlkioStat(text, nested);
  return 0;
}
