#ifndef CLEAT_LIB_CGSTAT_USAGE_H_
#define CLEAT_LIB_CGSTAT_USAGE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "lib/cgstat/group.h"
#include "lib/cgstat/read_stat.h"
#include "proto/cgroup_query.pb.h"

// Groups beside one another, as a table, at one time or again and again.

namespace cleat::cgstat {

struct Usage {
  proto::CgroupStat stat;
  // Of one CPU's time, since the last look at the same group.
  absl::optional<double> cpu_percent;
};

// What groups are put in order by, the greatest first.
enum class UsageOrder { kCpu, kMemory, kPids, kIo };

// "cpu", "memory", "pids", "io"; kInvalidArgument for another.
absl::StatusOr<UsageOrder> ParseUsageOrder(absl::string_view name);

// Groups without a value come last; equal ones stay as they are. By CPU is by
// percent where known, else by time.
void SortUsages(UsageOrder order, std::vector<Usage>* usages);

// A column of the table.
struct UsageColumn {
  const char* name;
  // Of CgroupStat: what it needs to be read.
  std::vector<std::string> fields;
  std::string (*text)(const Usage& usage);
};
const std::vector<UsageColumn>& UsageColumns();

// The fields that the table needs.
std::vector<std::string> UsageFields();

// Reads groups, and knows what it has read before.
class UsageReader {
 public:
  explicit UsageReader(const StatReader& reader) : reader_(reader) {}

  // Of each group that is still there, in their order; many of them on two
  // threads. Errors as of StatReader::Read, but for kNotFound.
  absl::StatusOr<std::vector<Usage>> Read(const std::vector<Group>& groups);

 private:
  struct Look {
    absl::Time when;
    int64_t cpu_us;
  };
  absl::optional<double> Percent(const std::string& path, Look look);

  const StatReader& reader_;
  std::map<std::string, Look> last_;
};

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_USAGE_H_
