#include "lib/tarsplit/split_file.h"

#include <fcntl.h>

#include <utility>

#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::tarsplit {

SplitFile::SplitFile(int fd, std::string name, Data data)
    : gzip_([fd, name = std::move(name)](absl::string_view bytes) {
        return sys::WriteAll(fd, bytes, name);
      }),
      splitter_([this](absl::string_view text) { return gzip_.Write(text); },
                data) {}

absl::StatusOr<std::unique_ptr<SplitFile>> SplitFile::Create(
    const std::string& path, Data data) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::Open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
  auto split = std::make_unique<SplitFile>(fd.get(), path, data);
  split->owned_ = std::move(fd);
  return split;
}

absl::Status SplitFile::Finish() {
  CLEAT_RETURN_IF_ERROR(splitter_.Finish());
  return gzip_.Finish();
}

}  // namespace cleat::tarsplit
