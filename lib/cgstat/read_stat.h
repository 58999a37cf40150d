#ifndef CLEAT_LIB_CGSTAT_READ_STAT_H_
#define CLEAT_LIB_CGSTAT_READ_STAT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/cgstat/group.h"
#include "lib/cgstat/stat_table.h"
#include "lib/pb/table.h"
#include "proto/cgroup_query.pb.h"

namespace cleat::cgstat {

// Reads what groups have used. One reader serves any number of groups, and
// several threads once it is made.
class StatReader {
 public:
  // Reads only `fields` ("memory.current_bytes"); all when it is empty. Huge
  // page sizes and names of block devices come from <root>/sys.
  explicit StatReader(const std::vector<std::string>& fields = {},
                      const std::string& root = "");

  // What the kernel tells of the group now. On a hybrid machine v1's files
  // come before v2's for the same field. What it does not tell, or no longer
  // when a file vanishes meanwhile, is absent. kNotFound when the group is
  // gone from all hierarchies; other errors as of open(2) and read(2).
  absl::StatusOr<proto::CgroupStat> Read(const Group& group) const;

  // The v1 controllers whose files are read.
  std::vector<std::string> Controllers() const;

 private:
  // A row whose names are resolved.
  struct Row {
    absl::string_view key;
    // From CgroupStat down to the number.
    std::vector<const pb::Field*> fields;
    Measure measure;
  };
  struct File {
    std::string name;
    std::string controller;  // "memory"; "cgroup" for none
    // Where it is always there on v2, whatever controllers the group has.
    bool core = false;
    Form form;
    std::string page;  // its size, of a huge page's file
    std::vector<Row> rows;
  };
  class Reading;

  std::vector<File> MakeFiles(absl::Span<const StatRow> rows,
                              const std::vector<std::string>& fields,
                              const std::vector<std::string>& pages) const;
  // What is to be read in a directory there.
  std::vector<const File*> FilesOf(const cgroup::Hierarchy& hierarchy,
                                   Reading* reading) const;
  absl::Status ReadDirectory(const GroupDirectory& directory,
                             Reading* reading) const;
  void NameDevices(proto::CgroupStat* stat) const;

  std::string root_;
  std::vector<File> unified_;
  std::vector<File> v1_;
};

// Now, for CgroupStat.time: RFC 3339 in UTC, with milliseconds.
std::string StatTime();

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_READ_STAT_H_
