#ifndef CLEAT_LIB_LAYER_UNPACKER_H_
#define CLEAT_LIB_LAYER_UNPACKER_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/layer/name.h"
#include "lib/layer/parents.h"
#include "lib/layer/plain.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"

namespace cleat::layer {

// Makes the files of one layer in a directory, in the form that overlayfs
// stacks, or (Form::plain) upon the layers that are in it already. Nothing is
// ever made outside it, whatever the entries say:
//
// - names and hard links are taken below the root, ".." beyond it refused;
// - directories in a path are resolved inside the root, links followed there;
// - the last component is never followed: what is there is replaced, as it is
//   by a later entry of any type; only a directory stays for a directory.
//
// Directories get owner, mode, xattrs and time last, when nothing is made in
// them any more; one that no entry describes is root's, 0755, of 1970; but one
// that a plain tree had before is left as it was.
//
// Memory: what is to be set on directories, 64 MiB at most
// (kResourceExhausted); for a plain tree also 9 bytes for each entry.
class Unpacker {
 public:
  // Borrows `root`, an open directory that nobody else writes to, empty but
  // for a plain tree.
  Unpacker(int root, const Form& form);

  // Makes the entry; a file's data come from `reader`. The messages of errors
  // do not name the entry.
  absl::Status Add(const tar::Entry& entry, tar::Reader& reader);

  // Completes the directories.
  absl::Status Finish();

  // The sum of the sizes of files, as Docker counts a layer's size.
  int64_t content_size() const { return content_size_; }
  int64_t entries() const { return entries_; }
  // Extended attributes that the file system does not keep.
  int skipped_xattrs() const { return skipped_xattrs_; }
  // Whether an entry replaced what the layer itself (or, in a plain tree, one
  // below) had made: the tree then lacks data that the archive has.
  bool replaced() const { return replaced_; }

 private:
  // Where an entry goes: `base` in the open directory `parent`.
  struct Place {
    int parent;
    std::string base;
    std::string name;
  };

  absl::Status AddWhiteout(const SplitName& name);
  absl::Status HideLower(int directory, absl::string_view name);
  absl::Status AddEntry(const Place& place, const tar::Entry& entry,
                        tar::Reader& reader);
  absl::Status AddDirectory(const Place& place, const tar::Entry& entry);
  absl::Status AddFile(const Place& place, const tar::Entry& entry,
                       tar::Reader& reader);
  absl::Status AddSymlink(const Place& place, const tar::Entry& entry);
  absl::Status AddNode(const Place& place, const tar::Entry& entry);
  absl::Status AddDeviceStandIn(const Place& place, const tar::Entry& entry);
  absl::Status AddHardLink(const Place& place, const tar::Entry& entry);

  absl::Status MakeDirectory(const Place& place);
  // Calls `make`, a system call that fails with EEXIST when something is at
  // the place, and once more when that is removed.
  template <typename Make>
  absl::StatusOr<int> MakeOrReplace(const Place& place, absl::string_view what,
                                    const Make& make);
  absl::Status Remove(const Place& place);
  // To be set in the end.
  absl::Status Remember(const std::string& name, const tar::Entry& directory);

  int root_;
  Form form_;
  Parents parents_;
  std::map<std::string, tar::Entry> directories_;
  size_t remembered_bytes_ = 0;
  int64_t content_size_ = 0;
  int64_t entries_ = 0;
  int skipped_xattrs_ = 0;
  bool replaced_ = false;
  // Of a plain tree.
  MadeNames made_;
};

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_UNPACKER_H_
