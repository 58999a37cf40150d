#ifndef CLEAT_LIB_TARSPLIT_SPLIT_FILE_H_
#define CLEAT_LIB_TARSPLIT_SPLIT_FILE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"
#include "lib/tar/tap.h"
#include "lib/tarsplit/gzip_text.h"
#include "lib/tarsplit/splitter.h"

namespace cleat::tarsplit {

// Docker's tar-split.json.gz, written while its archive is read:
//
//   CLEAT_ASSIGN_OR_RETURN(auto split, SplitFile::Create(path));
//   tar::Reader reader(chunks, split->tap());
//   …
//   CLEAT_RETURN_IF_ERROR(split->Finish());
class SplitFile {
 public:
  // A new file, mode 0644 as with dockerd; an old one of that name is emptied.
  // The caller removes it after an error.
  static absl::StatusOr<std::unique_ptr<SplitFile>> Create(
      const std::string& path, Data data = Data::kInTree);

  // To an open descriptor (borrowed).
  SplitFile(int fd, std::string name, Data data);

  tar::Tap* tap() { return &splitter_; }

  // Writes what is left. The archive must have been read to its end.
  absl::Status Finish();

  // As Splitter::replaced_data.
  bool replaced_data() const { return splitter_.replaced_data(); }

 private:
  sys::Fd owned_;
  GzipText gzip_;
  Splitter splitter_;
};

}  // namespace cleat::tarsplit

#endif  // CLEAT_LIB_TARSPLIT_SPLIT_FILE_H_
