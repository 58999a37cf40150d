#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/match.h"
#include "lib/cgroup/device_rules.h"
#include "lib/cgroup/normal.h"

// The texts of a spec, which may have come down a pipe: what is taken goes into
// one file of the group by one write.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(cleat::cgroup::ParseDeviceRule(text));
  const auto file = cleat::cgroup::NormalFile(text);
  if (file.ok() && absl::StrContains(file->substr(0, file->find('=')), '/')) {
    abort();
  }
  cleat::proto::CgroupSpec spec;
  spec.add_hugetlb(text);
  spec.add_rdma(text);
  spec.add_misc(text);
  spec.set_net_cls(text);
  static_cast<void>(cleat::cgroup::Normalize(spec));
  spec.Clear();
  // No path of a device: the machine's are not the test's.
  if (absl::StartsWith(text, "/")) return 0;
  spec.add_device_read_bps(text);
  spec.add_io_cost(text);
  static_cast<void>(cleat::cgroup::Normalize(spec));
  return 0;
}
