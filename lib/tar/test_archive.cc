#include "lib/tar/test_archive.h"

#include <cstdio>
#include <cstring>

#include "lib/tar/header.h"
#include "lib/tar/writer.h"

namespace cleat::tar {
namespace {

Entry MakeEntry(absl::string_view name, Type type, uint32_t mode) {
  Entry entry;
  entry.name = std::string(name);
  entry.type = type;
  entry.mode = mode;
  entry.mtime.tv_sec = 1500000000;
  return entry;
}

}  // namespace

absl::StatusOr<absl::string_view> StringChunks::Next() {
  const absl::string_view next = data_.substr(0, piece_);
  data_.remove_prefix(next.size());
  return next;
}

Entry Directory(absl::string_view name) {
  return MakeEntry(name, Type::kDirectory, 0755);
}

Entry File(absl::string_view name) {
  return MakeEntry(name, Type::kFile, 0644);
}

Entry Symlink(absl::string_view name, absl::string_view target) {
  Entry entry = MakeEntry(name, Type::kSymlink, 0777);
  entry.link = std::string(target);
  return entry;
}

Entry HardLink(absl::string_view name, absl::string_view target) {
  Entry entry = MakeEntry(name, Type::kHardLink, 0644);
  entry.link = std::string(target);
  return entry;
}

std::string MakeArchive(const std::vector<EntryWithData>& entries) {
  std::string archive;
  Writer writer([&archive](absl::string_view data) {
    archive.append(data.data(), data.size());
    return absl::OkStatus();
  });
  for (const auto& [entry, data] : entries) {
    Entry sized = entry;
    if (sized.type == Type::kFile) {
      sized.size = static_cast<int64_t>(data.size());
    }
    if (!writer.Add(sized).ok() || !writer.Write(data).ok()) abort();
  }
  if (!writer.Finish().ok()) abort();
  return archive;
}

std::string Resealed(absl::string_view archive) {
  std::string bytes(archive);
  for (size_t at = 0; at + kBlockSize <= bytes.size(); at += kBlockSize) {
    Header header;
    memcpy(&header, &bytes[at], sizeof(header));
    if (DialectOf(header) == Dialect::kV7) continue;
    snprintf(header.checksum, sizeof(header.checksum), "%06o",
             static_cast<unsigned>(Checksum(header)));
    memcpy(&bytes[at], &header, sizeof(header));
  }
  return bytes;
}

}  // namespace cleat::tar
