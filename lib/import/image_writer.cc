#include "lib/import/image_writer.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/page_buffer.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/digest/sha256.h"
#include "lib/image/blob_reader.h"
#include "lib/sys/atomic_file.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/tar/writer.h"

namespace cleat::import {
namespace {

using Fill = ImageWriter::Fill;

constexpr size_t kBuffer = 1 << 17;

std::string TemporaryIn(const std::string& directory) {
  return absl::StrCat(directory, "/.", RandomId().substr(0, 16), ".tmp");
}

// Writes to `fd`, which is `name`, what `fill` gives.
absl::StatusOr<SavedBlob> WriteBlob(int fd, const std::string& name,
                                    Fill fill) {
  digest::Sha256 hash;
  SavedBlob blob;
  CLEAT_RETURN_IF_ERROR(fill([&](absl::string_view bytes) {
    hash.Update(bytes);
    blob.size += static_cast<int64_t>(bytes.size());
    return sys::WriteAll(fd, bytes, name);
  }));
  blob.digest = hash.Finish();
  return blob;
}

absl::StatusOr<sys::Fd> OpenNameless(const std::string& directory) {
  const std::string path = TemporaryIn(directory);
  absl::StatusOr<sys::Fd> fd = sys::Open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
  if (fd.ok()) unlink(path.c_str());
  return fd;
}

absl::Status CopyFromStart(int fd, const ByteSink& sink) {
  const base::PageBuffer buffer = base::MakePageBuffer(kBuffer);
  for (off_t offset = 0;;) {
    const ssize_t size = sys::RetryOnEintr(
        [&] { return pread(fd, buffer.get(), kBuffer, offset); });
    if (size < 0) return sys::ErrnoError("read a layer's copy");
    if (size == 0) return absl::OkStatus();
    CLEAT_RETURN_IF_ERROR(sink({buffer.get(), static_cast<size_t>(size)}));
    offset += size;
  }
}

class ArchiveWriter : public ImageWriter {
 public:
  ArchiveWriter(ByteSink sink, std::string directory)
      : writer_(std::move(sink)), directory_(std::move(directory)) {}

  absl::Status AddDirectory(const std::string& name) override {
    tar::Entry entry;
    entry.name = absl::StrCat(name, "/");
    entry.type = tar::Type::kDirectory;
    entry.mode = 0755;
    return writer_.Add(entry);
  }

  absl::Status AddFile(const std::string& name, int64_t size,
                       Fill fill) override {
    tar::Entry entry;
    entry.name = name;
    entry.mode = 0644;
    entry.size = size;
    CLEAT_RETURN_IF_ERROR(writer_.Add(entry));
    return fill(
        [this](absl::string_view bytes) { return writer_.Write(bytes); });
  }

  absl::Status AddBlob(const SavedBlob& blob, Fill fill) override {
    return AddFile(image::BlobName(blob.digest), blob.size, fill);
  }

  absl::StatusOr<SavedBlob> AddBlob(Fill fill) override {
    CLEAT_ASSIGN_OR_RETURN(const sys::Fd copy, OpenNameless(directory_));
    CLEAT_ASSIGN_OR_RETURN(SavedBlob blob,
                           WriteBlob(copy.get(), "a layer's copy", fill));
    CLEAT_RETURN_IF_ERROR(AddBlob(blob, [&](const ByteSink& sink) {
      return CopyFromStart(copy.get(), sink);
    }));
    return blob;
  }

  absl::Status Finish() override { return writer_.Finish(); }

 private:
  tar::Writer writer_;
  std::string directory_;
};

class DirectoryWriter : public ImageWriter {
 public:
  explicit DirectoryWriter(std::string directory)
      : directory_(std::move(directory)) {}

  absl::Status AddDirectory(const std::string& name) override {
    const std::string path = PathOf(name);
    if (mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) {
      return absl::OkStatus();
    }
    return sys::ErrnoError("make directory ", path);
  }

  absl::Status AddFile(const std::string& name, int64_t /*size*/,
                       Fill fill) override {
    const std::string path = PathOf(name);
    CLEAT_ASSIGN_OR_RETURN(sys::AtomicFile file, sys::AtomicFile::Create(path));
    CLEAT_RETURN_IF_ERROR(fill([&](absl::string_view bytes) {
      return sys::WriteAll(file.fd(), bytes, path);
    }));
    return file.Commit();
  }

  absl::Status AddBlob(const SavedBlob& blob, Fill fill) override {
    const std::string name = image::BlobName(blob.digest);
    struct stat info;
    if (lstat(PathOf(name).c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        info.st_size == blob.size) {
      return absl::OkStatus();
    }
    return AddFile(name, blob.size, fill);
  }

  absl::StatusOr<SavedBlob> AddBlob(Fill fill) override {
    const std::string path = TemporaryIn(directory_);
    CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd,
                           sys::Open(path, O_WRONLY | O_CREAT | O_EXCL, 0644));
    auto remove = absl::MakeCleanup([&] { unlink(path.c_str()); });
    CLEAT_ASSIGN_OR_RETURN(SavedBlob blob, WriteBlob(fd.get(), path, fill));
    if (fsync(fd.get()) != 0) return sys::ErrnoError("fsync ", path);
    const std::string to = PathOf(image::BlobName(blob.digest));
    if (rename(path.c_str(), to.c_str()) != 0) {
      return sys::ErrnoError("write ", to);
    }
    std::move(remove).Cancel();
    return blob;
  }

  absl::Status Finish() override { return absl::OkStatus(); }

 private:
  std::string PathOf(const std::string& name) const {
    return absl::StrCat(directory_, "/", name);
  }

  std::string directory_;
};

}  // namespace

std::unique_ptr<ImageWriter> MakeArchiveWriter(ByteSink sink,
                                               std::string directory) {
  return std::make_unique<ArchiveWriter>(std::move(sink), std::move(directory));
}

std::unique_ptr<ImageWriter> MakeDirectoryWriter(std::string directory) {
  return std::make_unique<DirectoryWriter>(std::move(directory));
}

}  // namespace cleat::import
