#include "lib/import/image_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/tar/writer.h"

namespace cleat::import {
namespace {

using Fill = absl::FunctionRef<absl::Status(const ByteSink&)>;

class ArchiveWriter : public ImageWriter {
 public:
  explicit ArchiveWriter(ByteSink sink) : writer_(std::move(sink)) {}

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

  absl::Status Finish() override { return writer_.Finish(); }

 private:
  tar::Writer writer_;
};

class DirectoryWriter : public ImageWriter {
 public:
  explicit DirectoryWriter(std::string directory)
      : directory_(std::move(directory)) {}

  absl::Status AddDirectory(const std::string& name) override {
    const std::string path = absl::StrCat(directory_, "/", name);
    if (mkdir(path.c_str(), 0755) == 0) return absl::OkStatus();
    return sys::ErrnoError("make directory ", path);
  }

  absl::Status AddFile(const std::string& name, int64_t /*size*/,
                       Fill fill) override {
    const std::string path = absl::StrCat(directory_, "/", name);
    CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd,
                           sys::Open(path, O_WRONLY | O_CREAT | O_EXCL, 0644));
    CLEAT_RETURN_IF_ERROR(fill([&](absl::string_view bytes) {
      return sys::WriteAll(fd.get(), bytes, path);
    }));
    if (fsync(fd.get()) == 0) return absl::OkStatus();
    return sys::ErrnoError("fsync ", path);
  }

  absl::Status Finish() override { return absl::OkStatus(); }

 private:
  std::string directory_;
};

}  // namespace

std::unique_ptr<ImageWriter> MakeArchiveWriter(ByteSink sink) {
  return std::make_unique<ArchiveWriter>(std::move(sink));
}

std::unique_ptr<ImageWriter> MakeDirectoryWriter(std::string directory) {
  return std::make_unique<DirectoryWriter>(std::move(directory));
}

}  // namespace cleat::import
