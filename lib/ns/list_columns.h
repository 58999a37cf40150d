#ifndef CLEAT_LIB_NS_LIST_COLUMNS_H_
#define CLEAT_LIB_NS_LIST_COLUMNS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/ns_list_options.pb.h"

namespace cleat::ns {

// A column of ns-list: what it shows of a namespace, in words and as text, and
// which details (describe.h) that needs.
struct ListColumn {
  const char* name;
  const char* help;
  unsigned details;
  // "" for nothing.
  std::string (*text)(const proto::ListedNamespace& listed);
};

using ListColumns = std::vector<const ListColumn*>;

// The columns of a list like "ns,TYPE,held-by"; "" are the usual ones, a list
// that begins with '+' adds to them. kInvalidArgument names an unknown one and
// says which there are.
absl::StatusOr<ListColumns> ParseListColumns(absl::string_view list);

ListColumns AllListColumns();

// Numbers from the outermost level to the innermost: "4711/12/1".
std::string LevelsText(const google::protobuf::RepeatedField<int32_t>& nspid);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_LIST_COLUMNS_H_
