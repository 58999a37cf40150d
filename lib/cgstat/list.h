#ifndef CLEAT_LIB_CGSTAT_LIST_H_
#define CLEAT_LIB_CGSTAT_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/cgstat/field_reader.h"
#include "lib/cgstat/group.h"
#include "lib/cgstat/group_files.h"
#include "proto/cgroup_query.pb.h"

// What a group is: its limits, and who is in it.

namespace cleat::cgstat {

class ListReader {
 public:
  // Sizes and names come from <root>/sys.
  explicit ListReader(const std::string& root = "");

  // Errors as of FieldReader::Read.
  absl::StatusOr<proto::CgroupListing> Read(const Group& group,
                                            GroupFiles* files) const;

 private:
  FieldReader reader_;
};

// A column of the tree.
struct ListColumn {
  const char* name;
  std::string (*text)(const proto::CgroupListing& listing);
};
const std::vector<ListColumn>& ListColumns();

// The name of `path` in a tree that begins with `top`: its last part, moved to
// the right by two for each level.
std::string TreeName(const std::string& path, const std::string& top);

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_LIST_H_
