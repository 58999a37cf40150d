#include "lib/image/archive_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/tar/header.h"
#include "lib/tar/pax.h"

namespace cleat::image {
namespace {

// Of a long name or an extended header.
constexpr int64_t kMaxExtension = 1 << 20;

// A chain of links longer than this is a circle.
constexpr int kMaxLinks = 8;

struct Magic {
  absl::string_view bytes;
  absl::string_view compression;
};

constexpr Magic kMagics[] = {
    {"\x1f\x8b", "gzip"},
    {"\x28\xb5\x2f\xfd", "zstd"},
    {"\xfd\x37\x7a\x58\x5a", "xz"},
    {"BZh", "bzip2"},
};

// "./a//b/../c" to "a/c"; what would lead out ends at the top.
std::string Normalize(absl::string_view name) {
  std::vector<absl::string_view> parts;
  for (absl::string_view part : absl::StrSplit(name, '/')) {
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (part != ".." && part != "." && !part.empty()) parts.push_back(part);
  }
  return absl::StrJoin(parts, "/");
}

// What the symbolic link at `name` leads to.
std::string Resolve(absl::string_view name, absl::string_view link) {
  if (absl::StartsWith(link, "/")) return Normalize(link);
  return Normalize(absl::StrCat(name, "/../", link));
}

int64_t RoundUp(int64_t size) {
  constexpr int64_t kBlock = tar::kBlockSize;
  return (size + kBlock - 1) / kBlock * kBlock;
}

}  // namespace

// Walks over the headers of an archive, once.
class ArchiveIndexer {
 public:
  explicit ArchiveIndexer(ArchiveFiles& files) : files_(files) {}

  absl::Status Run();

 private:
  // What extended headers say of the entry that follows them.
  struct Extension {
    absl::optional<std::string> name;
    absl::optional<std::string> link;
    absl::optional<int64_t> size;
  };

  absl::Status CheckNotCompressed() const;
  absl::StatusOr<std::string> ReadAt(int64_t offset, int64_t size) const;
  absl::Status ReadExtension(char type, int64_t size);
  absl::Status Add(const tar::Header& header, int64_t size);
  absl::StatusOr<bool> Step();
  absl::Status Corrupt(absl::string_view reason) const;

  ArchiveFiles& files_;
  Extension extension_;
  int64_t file_size_ = 0;
  // Of the header at hand.
  int64_t offset_ = 0;
};

absl::Status ArchiveIndexer::Corrupt(absl::string_view reason) const {
  return absl::DataLossError(absl::StrCat("read archive ", files_.name_,
                                          ": byte ", offset_, ": ", reason));
}

absl::StatusOr<std::string> ArchiveIndexer::ReadAt(int64_t offset,
                                                   int64_t size) const {
  if (size > file_size_ - offset) return Corrupt("the archive is truncated");
  std::string data(static_cast<size_t>(size), '\0');
  size_t used = 0;
  while (used < data.size()) {
    const ssize_t count = sys::RetryOnEintr([&] {
      return pread(files_.fd_.get(), &data[used], data.size() - used,
                   offset + static_cast<int64_t>(used));
    });
    if (count < 0) return sys::ErrnoError("read ", files_.name_);
    if (count == 0) return Corrupt("the archive is truncated");
    used += static_cast<size_t>(count);
  }
  return data;
}

absl::Status ArchiveIndexer::CheckNotCompressed() const {
  CLEAT_ASSIGN_OR_RETURN(const std::string start,
                         ReadAt(0, std::min<int64_t>(file_size_, 8)));
  for (const Magic& magic : kMagics) {
    if (!absl::StartsWith(start, magic.bytes)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("read archive ", files_.name_, ": it is compressed (",
                     magic.compression, "): decompress it first"));
  }
  return absl::OkStatus();
}

absl::Status ArchiveIndexer::ReadExtension(char type, int64_t size) {
  if (size > kMaxExtension) return Corrupt("its extended header is too large");
  CLEAT_ASSIGN_OR_RETURN(
      const std::string data,
      ReadAt(offset_ + static_cast<int64_t>(tar::kBlockSize), size));
  if (type == 'L') extension_.name = data.substr(0, data.find('\0'));
  if (type == 'K') extension_.link = data.substr(0, data.find('\0'));
  if (type != 'x') return absl::OkStatus();
  tar::PaxRecords records;
  CLEAT_RETURN_IF_ERROR(tar::ParsePax(data, &records));
  if (records.path) extension_.name = std::move(records.path);
  if (records.linkpath) extension_.link = std::move(records.linkpath);
  if (records.size) extension_.size = records.size;
  return absl::OkStatus();
}

absl::Status ArchiveIndexer::Add(const tar::Header& header, int64_t size) {
  std::string name(tar::Text(header.name));
  if (tar::DialectOf(header) == tar::Dialect::kUstar &&
      header.prefix[0] != '\0') {
    name = absl::StrCat(tar::Text(header.prefix), "/", name);
  }
  name = Normalize(extension_.name.value_or(name));
  const std::string link =
      extension_.link.value_or(std::string(tar::Text(header.link)));
  ArchiveFiles::Entry entry;
  if (header.type == '1') entry.target = Normalize(link);
  if (header.type == '2') entry.target = Resolve(name, link);
  if (entry.target.empty()) {
    entry.offset = offset_ + static_cast<int64_t>(tar::kBlockSize);
    entry.size = size;
  }
  if (files_.entries_.size() >= kMaxArchiveEntries) {
    return absl::ResourceExhaustedError(
        absl::StrCat("read archive ", files_.name_, ": more than ",
                     kMaxArchiveEntries, " entries: is it an image?"));
  }
  files_.entries_[name] = std::move(entry);
  return absl::OkStatus();
}

// Returns false at the end.
absl::StatusOr<bool> ArchiveIndexer::Step() {
  constexpr int64_t kBlock = tar::kBlockSize;
  CLEAT_ASSIGN_OR_RETURN(const std::string block, ReadAt(offset_, kBlock));
  if (tar::IsZero(block)) return false;
  tar::Header header;
  block.copy(reinterpret_cast<char*>(&header), sizeof(header));
  const absl::Status checksum = tar::VerifyChecksum(header);
  if (!checksum.ok()) {
    return offset_ > 0 ? Corrupt(checksum.message())
                       : absl::InvalidArgumentError(absl::StrCat(
                             "read archive ", files_.name_, ": is no tar"));
  }
  CLEAT_ASSIGN_OR_RETURN(int64_t size, tar::Number(header.size));
  const bool extends = absl::StrContains("xLKg", header.type);
  if (!extends && extension_.size) size = *extension_.size;
  // Links and directories have no data, whatever their size says.
  if (header.type >= '1' && header.type <= '6') size = 0;
  if (size < 0 || size > file_size_ - offset_ - kBlock) {
    return Corrupt("the archive is truncated");
  }
  if (extends) {
    CLEAT_RETURN_IF_ERROR(ReadExtension(header.type, size));
  } else {
    if (absl::StrContains(absl::string_view("0\0007"
                                            "12",
                                            5),
                          header.type)) {
      CLEAT_RETURN_IF_ERROR(Add(header, size));
    }
    extension_ = Extension();
  }
  offset_ += kBlock + RoundUp(size);
  return offset_ < file_size_;
}

absl::Status ArchiveIndexer::Run() {
  struct stat info;
  if (fstat(files_.fd_.get(), &info) != 0) {
    return sys::ErrnoError("stat ", files_.name_);
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "read archive ", files_.name_,
        S_ISDIR(info.st_mode) ? ": is a directory (a layout is oci:DIR)"
                              : ": is no regular file"));
  }
  file_size_ = info.st_size;
  CLEAT_RETURN_IF_ERROR(CheckNotCompressed());
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const bool more, Step());
    if (!more) return absl::OkStatus();
  }
}

ArchiveFiles::ArchiveFiles(std::string name, std::string path, sys::Fd fd)
    : name_(std::move(name)), path_(std::move(path)), fd_(std::move(fd)) {}

absl::StatusOr<std::unique_ptr<FileSet>> ArchiveFiles::Open(
    const std::string& path) {
  trace::Span span("index archive", path);
  CLEAT_ASSIGN_OR_RETURN(std::string absolute, AbsolutePath(path));
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::Open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  std::unique_ptr<ArchiveFiles> files(
      new ArchiveFiles(path, std::move(absolute), std::move(fd)));
  CLEAT_RETURN_IF_ERROR(ArchiveIndexer(*files).Run());
  return std::unique_ptr<FileSet>(std::move(files));
}

absl::StatusOr<Extent> ArchiveFiles::Locate(const std::string& name) const {
  auto entry = entries_.find(Normalize(name));
  for (int links = 0; entry != entries_.end(); ++links) {
    if (entry->second.target.empty()) {
      return Extent{path_, entry->second.offset, entry->second.size};
    }
    if (links == kMaxLinks) break;
    entry = entries_.find(entry->second.target);
  }
  return absl::NotFoundError(absl::StrCat("archive ", name_, " has no file ",
                                          absl::Utf8SafeCHexEscape(name)));
}

absl::StatusOr<std::string> ArchiveFiles::Read(const std::string& name,
                                               size_t limit) const {
  CLEAT_ASSIGN_OR_RETURN(const Extent extent, Locate(name));
  if (extent.size > static_cast<int64_t>(limit)) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "read ", name, " in ", name_, ": larger than ", limit, " bytes"));
  }
  std::string data(static_cast<size_t>(extent.size), '\0');
  for (size_t used = 0; used < data.size();) {
    const ssize_t count = sys::RetryOnEintr([&] {
      return pread(fd_.get(), &data[used], data.size() - used,
                   extent.offset + static_cast<int64_t>(used));
    });
    if (count < 0) return sys::ErrnoError("read ", name_);
    if (count == 0) {
      return absl::DataLossError(
          absl::StrCat("read ", name_, ": the archive is truncated"));
    }
    used += static_cast<size_t>(count);
  }
  return data;
}

}  // namespace cleat::image
