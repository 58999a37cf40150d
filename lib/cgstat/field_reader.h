#ifndef CLEAT_LIB_CGSTAT_FIELD_READER_H_
#define CLEAT_LIB_CGSTAT_FIELD_READER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/cgroup/machine.h"
#include "lib/cgstat/field_table.h"
#include "lib/cgstat/group.h"
#include "lib/cgstat/group_files.h"
#include "lib/pb/table.h"

namespace cleat::cgstat {

// Fills messages from the files of groups, as tables say. One reader serves any
// number of groups, and several threads once it is made.
class FieldReader {
 public:
  // `message` is the type that the tables' fields are of. Reads only `fields`
  // ("memory.current_bytes"); all when it is empty. The sizes of huge pages
  // come from <root>/sys.
  FieldReader(const pb::Message& message, FieldTables tables,
              const std::vector<std::string>& fields, const std::string& root);

  // What the kernel tells of the group now. On a hybrid machine v1's files
  // come before v2's for the same field. What it does not tell, or no longer
  // when a file vanishes meanwhile, is absent. kNotFound when the group is
  // gone from all hierarchies; other errors as of GroupFiles. Each thread has
  // `files` of its own.
  absl::Status Read(const Group& group, GroupFiles* files, void* message) const;

  // The v1 controllers whose files are read.
  std::vector<std::string> Controllers() const;

 private:
  // A row whose names are resolved.
  struct Row {
    absl::string_view key;
    // From the message down to the value.
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

  std::vector<File> MakeFiles(absl::Span<const FieldRow> rows,
                              const std::vector<std::string>& fields,
                              const std::vector<std::string>& pages) const;
  // What is to be read in a directory there.
  std::vector<const File*> FilesOf(const cgroup::Hierarchy& hierarchy,
                                   Reading* reading) const;
  absl::Status ReadDirectory(const GroupDirectory& directory, GroupFiles* files,
                             Reading* reading) const;

  const pb::Message& message_;
  std::vector<File> unified_;
  std::vector<File> v1_;
};

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_FIELD_READER_H_
