#include "lib/diff/resolve.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/layer/name.h"

namespace cleat::diff {
namespace {

// As the kernel has it: MAXSYMLINKS.
constexpr int kMostLinks = 40;

class Resolver {
 public:
  explicit Resolver(absl::string_view path) : asked_(path) { Prepend(path); }

  absl::StatusOr<Resolved> Run(Directory root);

 private:
  // The parts of a path become the next ones to go.
  void Prepend(absl::string_view path);
  absl::Status Step(const std::string& part);
  absl::Status Follow(const std::string& target);
  absl::StatusOr<Name> Find(const std::string& part) const;
  absl::Status Error(absl::StatusCode code, absl::string_view reason) const {
    return absl::Status(
        code, absl::StrCat("find ", layer::Quoted(asked_), ": ", reason));
  }

  std::string asked_;
  // Last part first.
  std::vector<std::string> to_go_;
  std::vector<Directory> directories_;
  std::vector<std::string> names_;
  Resolved found_;
  // What was found is no directory: nothing may follow.
  bool ended_ = false;
  int links_ = 0;
};

void Resolver::Prepend(absl::string_view path) {
  const std::vector<std::string> parts =
      absl::StrSplit(path, '/', absl::SkipEmpty());
  to_go_.insert(to_go_.end(), parts.rbegin(), parts.rend());
}

absl::StatusOr<Name> Resolver::Find(const std::string& part) const {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<Name> names,
                         directories_.back().List());
  const auto name = std::lower_bound(
      names.begin(), names.end(), part,
      [](const Name& a, const std::string& b) { return a.text < b; });
  if (name != names.end() && name->text == part) return *name;
  return Error(absl::StatusCode::kNotFound, "No such file or directory");
}

absl::Status Resolver::Follow(const std::string& target) {
  if (++links_ > kMostLinks) {
    return Error(absl::StatusCode::kFailedPrecondition,
                 "more than 40 symbolic links");
  }
  if (target[0] == '/') {
    names_.clear();
    directories_.erase(directories_.begin() + 1, directories_.end());
  }
  Prepend(target);
  return absl::OkStatus();
}

absl::Status Resolver::Step(const std::string& part) {
  if (ended_) {
    return Error(absl::StatusCode::kFailedPrecondition, "Not a directory");
  }
  if (part == ".") return absl::OkStatus();
  if (part == "..") {
    if (names_.empty()) return absl::OkStatus();
    names_.pop_back();
    directories_.pop_back();
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(found_.name, Find(part));
  const Directory& parent = directories_.back();
  CLEAT_ASSIGN_OR_RETURN(
      found_.attributes,
      ReadAttributes(parent.fd(found_.name), part, parent.form()));
  if (found_.attributes.entry.type == tar::Type::kSymlink) {
    return Follow(found_.attributes.entry.link);
  }
  names_.push_back(part);
  ended_ = found_.attributes.entry.type != tar::Type::kDirectory;
  if (ended_) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(Directory child, parent.Child(found_.name));
  directories_.push_back(std::move(child));
  return absl::OkStatus();
}

absl::StatusOr<Resolved> Resolver::Run(Directory root) {
  directories_.push_back(std::move(root));
  while (!to_go_.empty()) {
    const std::string part = std::move(to_go_.back());
    to_go_.pop_back();
    CLEAT_RETURN_IF_ERROR(Step(part));
  }
  found_.path = absl::StrJoin(names_, "/");
  if (ended_) {
    found_.parent.emplace(std::move(directories_.back()));
    return std::move(found_);
  }
  CLEAT_ASSIGN_OR_RETURN(found_.attributes,
                         ReadAttributes(directories_.back().fd(), ".",
                                        directories_.back().form()));
  return std::move(found_);
}

}  // namespace

absl::StatusOr<Resolved> Resolve(const Stack& stack, absl::string_view path) {
  CLEAT_ASSIGN_OR_RETURN(Directory root, Directory::OpenRoot(stack));
  return Resolver(path).Run(std::move(root));
}

}  // namespace cleat::diff
