#include "lib/diff/walk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "lib/base/page_buffer.h"
#include "lib/base/status_macros.h"
#include "lib/layer/name.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/file_limit.h"
#include "lib/sys/interrupt.h"

namespace cleat::diff {
namespace {

constexpr size_t kBufferSize = 128 << 10;

// One of the two trees at some directory.
struct Side {
  absl::optional<Directory> directory;
  Attributes attributes;
  std::vector<Name> names;
  size_t next = 0;

  // nullptr at the end.
  const Name* Next() const {
    return next < names.size() ? &names[next] : nullptr;
  }
};

// A directory that is being walked.
struct Level {
  Side before;
  Side after;
  // Of the path: where this directory's ends.
  size_t path_size = 0;
  uint32_t differs = 0;
  bool reported = false;
};

absl::StatusOr<size_t> ReadFully(int fd, char* buffer) {
  size_t used = 0;
  while (used < kBufferSize) {
    const ssize_t count = sys::RetryOnEintr(
        [&] { return read(fd, buffer + used, kBufferSize - used); });
    if (count < 0) return sys::ErrnoError("read");
    if (count == 0) break;
    used += static_cast<size_t>(count);
  }
  return used;
}

class Walker {
 public:
  Walker(const WalkOptions& options, Visit visit)
      : options_(options), visit_(visit) {
    for (const std::string& path : options.without) {
      without_.insert(path);
      parents_of_without_.emplace(layer::Split(path).parent);
    }
  }

  absl::Status Run(const Stack& before, const Stack& after);

 private:
  absl::Status Begin(const Stack& before, const Stack& after);
  absl::Status OpenRoot(const Stack& stack, Side* side);
  // Compares the next name of the level.
  absl::Status Step(Level& level);
  absl::Status VisitDeleted(Level& level, const Name& name);
  absl::Status VisitAdded(Level& level, const Name& name);
  absl::Status VisitBoth(Level& level, const Name& before, const Name& after);
  // In what they differ that counts; not both are directories.
  absl::StatusOr<uint32_t> CompareFiles(const Level& level, const Name& before,
                                        const Attributes& was,
                                        const Name& after,
                                        const Attributes& is);
  absl::Status Descend(const Side& before, const Name* before_name,
                       const Side& after, const Name& after_name, Level level);
  absl::StatusOr<Attributes> Read(const Side& side, const Name& name) const;
  absl::StatusOr<bool> SameContent(int before_parent, const Name& before,
                                   int after_parent, const Name& after);
  // Says that the directories on the way are changed, then this.
  absl::Status Report(const Change& change);
  absl::Status ReportLevel(size_t number);
  uint32_t CompareDirectories(const Attributes& before,
                              const Attributes& after) const;
  absl::Status InPath(const absl::Status& status) const;

  const WalkOptions& options_;
  Visit visit_;
  absl::flat_hash_set<std::string> without_;
  absl::flat_hash_set<std::string> parents_of_without_;
  std::vector<std::unique_ptr<Level>> levels_;
  std::string path_;
  base::PageBuffer buffer_;
  // Errors of visit are not ours to name.
  bool visitor_failed_ = false;
};

absl::Status Walker::InPath(const absl::Status& status) const {
  if (status.ok() || visitor_failed_) return status;
  if (absl::IsNotFound(status)) {
    return absl::FailedPreconditionError(absl::StrCat(
        layer::Quoted(path_), ": it vanished meanwhile: the tree must rest"));
  }
  return absl::Status(status.code(), absl::StrCat(layer::Quoted(path_), ": ",
                                                  status.message()));
}

absl::Status Walker::ReportLevel(size_t number) {
  Level& level = *levels_[number];
  if (level.reported) return absl::OkStatus();
  level.reported = true;
  Change change;
  change.kind = Kind::kChanged;
  change.path = path_.substr(0, level.path_size);
  change.differs = level.differs != 0 ? level.differs : uint32_t{kEntries};
  change.before = &level.before.attributes;
  change.after = &level.after.attributes;
  change.parent = level.after.directory->fd();
  change.base = ".";
  change.opaque = false;
  const absl::Status status = visit_(change);
  visitor_failed_ = !status.ok();
  return status;
}

absl::Status Walker::Report(const Change& change) {
  for (size_t i = 0; i < levels_.size(); ++i) {
    CLEAT_RETURN_IF_ERROR(ReportLevel(i));
  }
  const absl::Status status = visit_(change);
  visitor_failed_ = !status.ok();
  return status;
}

absl::Status Walker::OpenRoot(const Stack& stack, Side* side) {
  if (stack.layers.empty()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(Directory directory, Directory::OpenRoot(stack));
  side->directory.emplace(std::move(directory));
  CLEAT_ASSIGN_OR_RETURN(
      side->attributes, ReadAttributes(side->directory->fd(), ".", stack.form));
  CLEAT_ASSIGN_OR_RETURN(side->names, side->directory->List());
  return absl::OkStatus();
}

// The root, like every new directory, is told of before what is in it.
absl::Status Walker::Begin(const Stack& before, const Stack& after) {
  levels_.push_back(std::make_unique<Level>());
  Level& root = *levels_.back();
  CLEAT_RETURN_IF_ERROR(OpenRoot(before, &root.before));
  CLEAT_RETURN_IF_ERROR(OpenRoot(after, &root.after));
  if (root.before.directory.has_value()) {
    root.differs =
        CompareDirectories(root.before.attributes, root.after.attributes);
    return (root.differs & ~uint32_t{kTime}) != 0 ? ReportLevel(0)
                                                  : absl::OkStatus();
  }
  root.reported = true;
  Change change;
  change.after = &root.after.attributes;
  change.parent = root.after.directory->fd();
  change.base = ".";
  change.opaque = root.after.directory->opaque();
  return Report(change);
}

absl::Status Walker::Run(const Stack& before, const Stack& after) {
  sys::RaiseFileLimit();
  CLEAT_RETURN_IF_ERROR(Begin(before, after));
  while (!levels_.empty()) {
    Level& level = *levels_.back();
    path_.resize(level.path_size);
    if (level.before.Next() == nullptr && level.after.Next() == nullptr) {
      levels_.pop_back();
      continue;
    }
    CLEAT_RETURN_IF_ERROR(InPath(Step(level)));
  }
  return absl::OkStatus();
}

absl::Status Walker::Step(Level& level) {
  CLEAT_RETURN_IF_ERROR(sys::CheckInterrupt());
  const Name* before = level.before.Next();
  const Name* after = level.after.Next();
  const int order = before == nullptr  ? 1
                    : after == nullptr ? -1
                                       : before->text.compare(after->text);
  if (order <= 0) ++level.before.next;
  if (order >= 0) ++level.after.next;
  absl::StrAppend(&path_, path_.empty() ? "" : "/",
                  order <= 0 ? before->text : after->text);
  if (without_.contains(path_)) return absl::OkStatus();
  if (order < 0) return VisitDeleted(level, *before);
  if (order > 0) return VisitAdded(level, *after);
  return VisitBoth(level, *before, *after);
}

absl::StatusOr<Attributes> Walker::Read(const Side& side,
                                        const Name& name) const {
  return ReadAttributes(side.directory->fd(name), name.text,
                        side.directory->form());
}

absl::Status Walker::VisitDeleted(Level& level, const Name& name) {
  CLEAT_ASSIGN_OR_RETURN(const Attributes attributes, Read(level.before, name));
  if (attributes.is_socket) return absl::OkStatus();
  Change change;
  change.kind = Kind::kDeleted;
  change.path = path_;
  change.before = &attributes;
  return Report(change);
}

absl::Status Walker::VisitAdded(Level& level, const Name& name) {
  Change change;
  change.path = path_;
  if (name.whiteout) {
    change.kind = Kind::kDeleted;
    return Report(change);
  }
  Level below;
  Attributes& attributes = below.after.attributes;
  CLEAT_ASSIGN_OR_RETURN(attributes, Read(level.after, name));
  if (attributes.is_socket) return absl::OkStatus();
  const bool directory = attributes.entry.type == tar::Type::kDirectory;
  change.after = &attributes;
  change.parent = level.after.directory->fd(name);
  change.base = name.text.c_str();
  if (!directory) return Report(change);
  CLEAT_ASSIGN_OR_RETURN(Directory child, level.after.directory->Child(name));
  below.after.directory.emplace(std::move(child));
  change.opaque = below.after.directory->opaque();
  CLEAT_RETURN_IF_ERROR(Report(change));
  below.reported = true;
  return Descend(level.before, nullptr, level.after, name, std::move(below));
}

uint32_t Walker::CompareDirectories(const Attributes& before,
                                    const Attributes& after) const {
  uint32_t differs = Compare(before, after) & ~options_.ignored;
  if (differs == kTime && parents_of_without_.contains(path_)) differs = 0;
  return differs;
}

absl::Status Walker::VisitBoth(Level& level, const Name& before,
                               const Name& after) {
  const Directory& old_parent = *level.before.directory;
  if (level.after.directory->IsSame(after, old_parent, before)) {
    return absl::OkStatus();
  }
  Level below;
  Attributes& was = below.before.attributes;
  Attributes& is = below.after.attributes;
  CLEAT_ASSIGN_OR_RETURN(was, Read(level.before, before));
  CLEAT_ASSIGN_OR_RETURN(is, Read(level.after, after));
  if (was.is_socket) return VisitAdded(level, after);
  if (is.is_socket) return VisitDeleted(level, before);
  const bool is_directory = is.entry.type == tar::Type::kDirectory;
  if (is_directory && was.entry.type == tar::Type::kDirectory) {
    below.differs = CompareDirectories(was, is);
    return Descend(level.before, &before, level.after, after, std::move(below));
  }
  CLEAT_ASSIGN_OR_RETURN(below.differs,
                         CompareFiles(level, before, was, after, is));
  if (below.differs == 0) return absl::OkStatus();
  Change change;
  change.kind = Kind::kChanged;
  change.path = path_;
  change.differs = below.differs;
  change.before = &was;
  change.after = &is;
  change.parent = level.after.directory->fd(after);
  change.base = after.text.c_str();
  CLEAT_RETURN_IF_ERROR(Report(change));
  if (!is_directory) return absl::OkStatus();
  below.reported = true;
  return Descend(level.before, nullptr, level.after, after, std::move(below));
}

absl::StatusOr<uint32_t> Walker::CompareFiles(const Level& level,
                                              const Name& before,
                                              const Attributes& was,
                                              const Name& after,
                                              const Attributes& is) {
  uint32_t differs = Compare(was, is);
  const bool files =
      was.entry.type == tar::Type::kFile && is.entry.type == tar::Type::kFile;
  if (files && (differs & kContent) == 0 && MayDifferInContent(was, is)) {
    CLEAT_ASSIGN_OR_RETURN(
        const bool same, SameContent(level.before.directory->fd(before), before,
                                     level.after.directory->fd(after), after));
    if (!same) differs |= kContent;
  }
  return differs & ~options_.ignored;
}

// Goes into a directory. Without `before_name` all in it is new.
absl::Status Walker::Descend(const Side& before, const Name* before_name,
                             const Side& after, const Name& after_name,
                             Level level) {
  if (!level.after.directory.has_value()) {
    CLEAT_ASSIGN_OR_RETURN(Directory child, after.directory->Child(after_name));
    level.after.directory.emplace(std::move(child));
  }
  if (before_name != nullptr) {
    CLEAT_ASSIGN_OR_RETURN(Directory child,
                           before.directory->Child(*before_name));
    level.before.directory.emplace(std::move(child));
    if (level.before.directory->IsSame(*level.after.directory)) {
      return absl::OkStatus();
    }
    CLEAT_ASSIGN_OR_RETURN(level.before.names, level.before.directory->List());
  }
  CLEAT_ASSIGN_OR_RETURN(level.after.names, level.after.directory->List());
  level.path_size = path_.size();
  const bool report = level.differs != 0;
  levels_.push_back(std::make_unique<Level>(std::move(level)));
  if (!report) return absl::OkStatus();
  for (size_t i = 0; i < levels_.size(); ++i) {
    CLEAT_RETURN_IF_ERROR(ReportLevel(i));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Walker::SameContent(int before_parent, const Name& before,
                                         int after_parent, const Name& after) {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd a,
                         sys::OpenAt(before_parent, before.text, kFlags));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd b,
                         sys::OpenAt(after_parent, after.text, kFlags));
  if (buffer_ == nullptr) buffer_ = base::MakePageBuffer(2 * kBufferSize);
  char* const other = buffer_.get() + kBufferSize;
  while (true) {
    CLEAT_RETURN_IF_ERROR(sys::CheckInterrupt());
    CLEAT_ASSIGN_OR_RETURN(const size_t x, ReadFully(a.get(), buffer_.get()));
    CLEAT_ASSIGN_OR_RETURN(const size_t y, ReadFully(b.get(), other));
    if (x != y || memcmp(buffer_.get(), other, x) != 0) return false;
    if (x < kBufferSize) return true;
  }
}

}  // namespace

absl::Status Walk(const Stack& before, const Stack& after,
                  const WalkOptions& options, Visit visit) {
  return Walker(options, visit).Run(before, after);
}

}  // namespace cleat::diff
