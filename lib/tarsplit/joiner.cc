#include "lib/tarsplit/joiner.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/page_buffer.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/interrupt.h"
#include "lib/tarsplit/crc64.h"
#include "lib/tarsplit/entry_line.h"
#include "lib/tarsplit/lines.h"

namespace cleat::tarsplit {
namespace {

using absl::string_view;
using JoinSink = std::function<absl::Status(string_view)>;

// dockerd writes all that follows an archive's end into one segment.
constexpr size_t kMaxLine = size_t{32} << 20;
constexpr size_t kBuffer = size_t{256} << 10;

absl::Status AtFile(const std::string& name, const absl::Status& status) {
  return absl::Status(
      status.code(),
      absl::StrCat("file '", absl::Utf8SafeCHexEscape(name.substr(0, 300)),
                   "': ", status.message()));
}

absl::Status CheckFile(int fd, int64_t size) {
  struct stat info;
  if (fstat(fd, &info) != 0) return sys::ErrnoError("stat");
  if (info.st_size == size) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("has ", info.st_size, " bytes, the archive's had ", size));
}

absl::StatusOr<sys::Fd> OpenBelow(int root, const std::string& name) {
  string_view path = name;
  while (absl::ConsumePrefix(&path, "/")) {
  }
  // A FIFO must not block: it is refused below.
  CLEAT_ASSIGN_OR_RETURN(
      sys::Fd fd,
      sys::OpenResolved(root, std::string(path),
                        O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
                        RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS));
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return sys::ErrnoError("stat");
  if (S_ISREG(info.st_mode)) return fd;
  return absl::FailedPreconditionError("is no regular file");
}

class Joining {
 public:
  Joining(const FileGetter& files, const JoinSink& sink)
      : files_(files), sink_(sink), buffer_(base::MakePageBuffer(kBuffer)) {}

  absl::Status Add(const Line& line) {
    if (line.type == LineType::kSegment) return sink_(line.payload);
    // The others are names only: of directories, links, devices.
    if (line.size == 0) return absl::OkStatus();
    const absl::Status status = AddFile(line);
    return status.ok() ? status : AtFile(line.name, status);
  }

 private:
  absl::Status AddFile(const Line& line) {
    CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd, files_(line.name));
    CLEAT_RETURN_IF_ERROR(CheckFile(fd.get(), line.size));
    Crc64 crc;
    for (int64_t left = line.size; left > 0;) {
      const size_t wanted = std::min(kBuffer, static_cast<size_t>(left));
      const ssize_t count = sys::RetryOnEintr(
          [&] { return read(fd.get(), buffer_.get(), wanted); });
      if (count < 0) return sys::ErrnoError("read");
      if (count == 0) return absl::DataLossError("became shorter meanwhile");
      const string_view bytes(buffer_.get(), static_cast<size_t>(count));
      crc.Update(bytes);
      CLEAT_RETURN_IF_ERROR(sink_(bytes));
      left -= count;
    }
    if (crc.Bytes() == line.payload) return absl::OkStatus();
    return absl::DataLossError("was changed: it has another checksum");
  }

  const FileGetter& files_;
  const JoinSink& sink_;
  base::PageBuffer buffer_;
};

}  // namespace

FileGetter FilesBelow(int root) {
  return [root](const std::string& name) { return OpenBelow(root, name); };
}

absl::Status Join(compress::ByteSource* split, const FileGetter& files,
                  const JoinSink& sink) {
  Lines lines(split, kMaxLine);
  Joining joining(files, sink);
  for (int64_t position = 0;; ++position) {
    CLEAT_RETURN_IF_ERROR(sys::CheckInterrupt());
    CLEAT_ASSIGN_OR_RETURN(const absl::optional<string_view> text,
                           lines.Next());
    if (!text.has_value()) return absl::OkStatus();
    CLEAT_ASSIGN_OR_RETURN(const Line line, ParseLine(*text, position));
    CLEAT_RETURN_IF_ERROR(joining.Add(line));
  }
}

}  // namespace cleat::tarsplit
