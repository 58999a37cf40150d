#ifndef CLEAT_LIB_CGSTAT_READ_STAT_H_
#define CLEAT_LIB_CGSTAT_READ_STAT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/cgstat/field_reader.h"
#include "lib/cgstat/group.h"
#include "lib/cgstat/group_files.h"
#include "proto/cgroup_query.pb.h"

namespace cleat::cgstat {

// Reads what groups have used. One reader serves any number of groups, and
// several threads.
class StatReader {
 public:
  // Reads only `fields` ("memory.current_bytes"); all when it is empty. Names
  // of block devices come from <root>/sys.
  explicit StatReader(const std::vector<std::string>& fields = {},
                      const std::string& root = "");

  // Errors as of FieldReader::Read.
  absl::StatusOr<proto::CgroupStat> Read(const Group& group,
                                         GroupFiles* files) const;

  // The v1 controllers whose files are read.
  std::vector<std::string> Controllers() const { return reader_.Controllers(); }

 private:
  void NameDevices(proto::CgroupStat* stat) const;

  std::string root_;
  FieldReader reader_;
};

// Now, for CgroupStat.time: RFC 3339 in UTC, with milliseconds.
std::string StatTime();

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_READ_STAT_H_
