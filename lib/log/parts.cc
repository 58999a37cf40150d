#include "lib/log/parts.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::log {
namespace {

constexpr int64_t kBlock = int64_t{64} << 10;
// No log takes new files as fast as they are opened for so long.
constexpr int kMaxAttempts = 1000;

absl::StatusOr<Part> OpenPart(const std::string& path) {
  Part part;
  CLEAT_ASSIGN_OR_RETURN(part.fd, sys::Open(path, O_RDONLY | O_NOFOLLOW));
  struct stat info;
  if (fstat(part.fd.get(), &info) != 0) return sys::ErrnoError("stat ", path);
  part.device = info.st_dev;
  part.inode = info.st_ino;
  return part;
}

// Where the last `*count` lines of the file begin; `*count` becomes what the
// file lacks of them.
absl::StatusOr<int64_t> FindTail(int fd, int64_t* count) {
  const off_t size = lseek(fd, 0, SEEK_END);
  if (size < 0) return sys::ErrnoError("seek in log");
  std::string block;
  // The line end before the first line wanted is one more.
  int64_t wanted = *count + 1;
  for (int64_t end = size; end > 0;) {
    const int64_t begin = std::max<int64_t>(0, end - kBlock);
    block.resize(static_cast<size_t>(end - begin));
    const ssize_t got = sys::RetryOnEintr(
        [&] { return pread(fd, &block[0], block.size(), begin); });
    if (got < 0) return sys::ErrnoError("read log");
    for (int64_t i = got; i > 0; --i) {
      if (block[static_cast<size_t>(i - 1)] != '\n' || --wanted > 0) continue;
      *count = 0;
      return begin + i;
    }
    end = begin;
  }
  // The lines' own ends were seen, the first has none before it.
  *count = wanted - 1;
  return 0;
}

// From the newest on: what moves to the next older name meanwhile is met again,
// not missed. One name may be missing while the files move on.
absl::StatusOr<std::vector<Part>> OpenOnce(const std::string& path) {
  std::vector<Part> parts;
  CLEAT_ASSIGN_OR_RETURN(parts.emplace_back(), OpenPart(path));
  int missing = 0;
  for (int number = 1; missing < 2; ++number) {
    absl::StatusOr<Part> part = OpenPart(absl::StrCat(path, ".", number));
    if (absl::IsNotFound(part.status())) {
      ++missing;
      continue;
    }
    if (!part.ok()) return part.status();
    if (!part->IsSame(parts.back())) parts.push_back(*std::move(part));
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

}  // namespace

// Where a file has been begun meanwhile, another may follow it soon, and what
// was opened first be met again two names on.
absl::StatusOr<std::vector<Part>> OpenParts(const std::string& path) {
  for (int attempt = 1;; ++attempt) {
    CLEAT_ASSIGN_OR_RETURN(std::vector<Part> parts, OpenOnce(path));
    CLEAT_ASSIGN_OR_RETURN(const Part newest, OpenPart(path));
    if (newest.IsSame(parts.back()) || attempt == kMaxAttempts) return parts;
  }
}

absl::Status SeekToTail(int64_t count, std::vector<Part>* parts) {
  auto first = parts->end();
  while (first != parts->begin()) {
    --first;
    CLEAT_ASSIGN_OR_RETURN(const int64_t offset,
                           FindTail(first->fd.get(), &count));
    if (lseek(first->fd.get(), offset, SEEK_SET) < 0) {
      return sys::ErrnoError("seek in log");
    }
    if (count == 0) break;
  }
  parts->erase(parts->begin(), first);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Part>> PartsAfter(const std::string& path,
                                             const Part& part) {
  CLEAT_ASSIGN_OR_RETURN(const Part current, OpenPart(path));
  if (current.IsSame(part)) return std::vector<Part>();
  CLEAT_ASSIGN_OR_RETURN(std::vector<Part> parts, OpenParts(path));
  const auto known =
      std::find_if(parts.begin(), parts.end(),
                   [&](const Part& other) { return other.IsSame(part); });
  if (known != parts.end()) parts.erase(parts.begin(), known + 1);
  return parts;
}

}  // namespace cleat::log
