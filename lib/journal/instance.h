#ifndef CLEAT_LIB_JOURNAL_INSTANCE_H_
#define CLEAT_LIB_JOURNAL_INSTANCE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/journal/journal_file.h"
#include "lib/journal/names.h"
#include "lib/journal/state_root.h"
#include "lib/sys/fd.h"
#include "proto/container.pb.h"

// The state of one container on this machine: a directory <root>/<id>/ with
//
//   journal   what it is and what was done for it (journal_file.h): the truth,
//             of which the document shows a copy
//   log, exit of a detached container (lib/runtime/holder.h)
//
// and, for a container with a name, a symbolic link <root>/names/<name> to
// its id, which no other container can take while it exists.

namespace cleat::journal {

using Labels = std::map<std::string, std::string>;

class Instance {
 public:
  // Makes a new one with a random id, claimed by this process. An empty name
  // is none. kAlreadyExists when the name is taken, kInvalidArgument when it
  // is no name ([a-zA-Z0-9][a-zA-Z0-9_.-]*, as Docker's).
  static absl::StatusOr<Instance> Create(const std::string& root,
                                         const std::string& name,
                                         const Labels& labels);
  // The one of this full id, claimed by this process; kNotFound when it is
  // gone.
  static absl::StatusOr<Instance> Claim(const std::string& root,
                                        const std::string& id);
  // The same without claiming: to look.
  static absl::StatusOr<Instance> Open(const std::string& root,
                                       const std::string& id);

  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }
  const Labels& labels() const { return labels_; }
  const std::string& created() const { return created_; }  // RFC 3339
  const std::string& directory() const { return directory_; }
  const std::string& root() const { return root_; }

  // Whether it was made since the machine was last started. If not, its
  // processes, mounts and cgroups are gone and their numbers may be others'.
  bool from_this_boot() const { return from_this_boot_; }

  // Appends a step: to be called before its effect is made.
  absl::Status Record(const proto::Step& step);
  absl::StatusOr<std::vector<proto::Step>> Steps() const;
  // Drops all steps but the oldest `count`, once the others are undone.
  absl::Status Truncate(size_t count);

  // Notes that the container `id` uses namespaces of this one; and all of which
  // that was noted, gone or not (lib/journal/need.h).
  absl::Status RecordNeededBy(const std::string& id);
  absl::StatusOr<std::vector<std::string>> NeededBy() const;

  absl::Status Keep();
  absl::StatusOr<bool> Kept() const;

  // Whether a process that has claimed it is alive.
  absl::StatusOr<bool> Claimed() const;
  // Seconds since the journal was last written to.
  absl::StatusOr<double> IdleSeconds() const;

  absl::Status WriteDocument(absl::string_view json);
  // kNotFound when no tool has completed yet.
  absl::StatusOr<std::string> ReadDocument() const;

  // Excludes other tools from changing this container while the descriptor is
  // open; waits for them.
  absl::StatusOr<sys::Fd> Lock() const;

  // Removes the state itself; absence is success.
  absl::Status Forget() const;

 private:
  Instance() = default;
  absl::Status Load();
  absl::Status Begin();
  absl::Status TakeName() const;
  absl::Status Append(absl::string_view lines);
  void CutUnfinishedLine() const;
  // What the journal says now, until it is read again. A text that has not
  // changed is not parsed again.
  absl::StatusOr<const JournalContents*> Read() const;
  std::string JournalPath() const;

  std::string root_, id_, name_, created_, directory_;
  Labels labels_;
  bool from_this_boot_ = true;
  sys::Fd journal_;                   // open for appending once something was
  mutable std::string text_;          // of the journal, when it was last read
  mutable JournalContents contents_;  // what `text_` says
};

}  // namespace cleat::journal

#endif  // CLEAT_LIB_JOURNAL_INSTANCE_H_
