#ifndef CLEAT_LIB_IMAGE_ARCHIVE_FILES_H_
#define CLEAT_LIB_IMAGE_ARCHIVE_FILES_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "lib/image/file_set.h"
#include "lib/sys/fd.h"

namespace cleat::image {

// The files in an uncompressed tar archive, read where they lie: only the
// headers are read to index them, and nothing is unpacked. Links, by which
// `docker save` writes a layer that occurs twice, are followed inside the
// archive. Of two entries of one name the later counts, as in unpacking.
//
// Memory: some 200 bytes an entry, of which at most kMaxArchiveEntries are
// taken.
class ArchiveFiles : public FileSet {
 public:
  // kInvalidArgument for what is no tar, a compressed one too; kDataLoss for a
  // truncated or corrupt one.
  static absl::StatusOr<std::unique_ptr<FileSet>> Open(const std::string& path);

  const std::string& name() const override { return name_; }
  absl::StatusOr<Extent> Locate(const std::string& name) const override;
  absl::StatusOr<std::string> Read(const std::string& name,
                                   size_t limit) const override;

 private:
  friend class ArchiveIndexer;

  struct Entry {
    int64_t offset = 0;
    int64_t size = 0;
    // The name that a link leads to; empty for a file.
    std::string target;
  };

  ArchiveFiles(std::string name, std::string path, sys::Fd fd);

  std::string name_;
  // Absolute.
  std::string path_;
  sys::Fd fd_;
  absl::flat_hash_map<std::string, Entry> entries_;
};

// An image has a few entries a layer.
inline constexpr size_t kMaxArchiveEntries = 100000;

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_ARCHIVE_FILES_H_
