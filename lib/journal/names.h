#ifndef CLEAT_LIB_JOURNAL_NAMES_H_
#define CLEAT_LIB_JOURNAL_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// How containers are called: by the ids of their state directories, and by
// names, links <root>/names/NAME to an id.

namespace cleat::journal {

// The ids of all containers, sorted. A root that is missing has none.
absl::StatusOr<std::vector<std::string>> List(const std::string& root);

// The id of the container that `reference` names: its name, its id or a
// beginning of that, of eight digits at least: a name such as "b" whose
// container is gone must not mean another one. kNotFound, or kInvalidArgument
// when several begin so.
absl::StatusOr<std::string> Resolve(const std::string& root,
                                    const std::string& reference);

// Whether this text is an instance id: 64 hexadecimal digits.
bool IsId(absl::string_view text);

// Whether this text can be a name: [a-zA-Z0-9][a-zA-Z0-9_.-]*, as Docker's.
bool IsName(absl::string_view text);

// Where the link of a name lies, and to which id it leads.
std::string NamePath(const std::string& root, const std::string& name);
absl::StatusOr<std::string> ReadNameLink(const std::string& path);

}  // namespace cleat::journal

#endif  // CLEAT_LIB_JOURNAL_NAMES_H_
