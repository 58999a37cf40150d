#include "lib/import/save_images.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/json.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/import/image_writer.h"
#include "lib/import/saved_layout.h"
#include "lib/store/file_lock.h"
#include "lib/store/own_form.h"
#include "lib/sys/atomic_file.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::import {
namespace {

struct FormatName {
  absl::string_view name;
  SaveFormat format;
};

constexpr FormatName kFormats[] = {
    {"docker-archive", SaveFormat::kDockerArchive},
    {"oci-archive", SaveFormat::kOciArchive},
    {"oci", SaveFormat::kOci},
};

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return path.substr(0, std::max<size_t>(slash, 1));
}

// Where files that have no name lie.
std::string TemporaryDirectory() {
  const char* chosen = getenv("TMPDIR");
  return chosen != nullptr && *chosen != 0 ? chosen : "/var/tmp";
}

absl::Status WriteArchive(SavedLayout& layout, int fd, const std::string& name,
                          const std::string& directory) {
  const auto writer = MakeArchiveWriter(
      [&](absl::string_view bytes) { return sys::WriteAll(fd, bytes, name); },
      directory);
  return layout.Write("", *writer);
}

absl::Status SaveFile(SavedLayout& layout, const std::string& output) {
  CLEAT_ASSIGN_OR_RETURN(sys::AtomicFile file, sys::AtomicFile::Create(output));
  struct stat info;
  const bool regular = fstat(file.fd(), &info) == 0 && S_ISREG(info.st_mode);
  CLEAT_RETURN_IF_ERROR(
      WriteArchive(layout, file.fd(), output,
                   regular ? DirectoryOf(output) : TemporaryDirectory()));
  return file.Commit();
}

absl::Status SaveNewLayout(SavedLayout& layout, const std::string& output) {
  const std::string temporary =
      absl::StrCat(output, ".", RandomId().substr(0, 16), ".tmp");
  if (mkdir(temporary.c_str(), 0755) != 0) {
    return sys::ErrnoError("make directory ", temporary);
  }
  auto remove =
      absl::MakeCleanup([&] { sys::RemoveTree(temporary).IgnoreError(); });
  CLEAT_RETURN_IF_ERROR(layout.Write("", *MakeDirectoryWriter(temporary)));
  // A directory may be replaced if it is empty.
  if (rename(temporary.c_str(), output.c_str()) != 0) {
    return errno == ENOTEMPTY || errno == EEXIST
               ? absl::FailedPreconditionError(absl::StrCat(
                     "write ", output,
                     ": is a directory with files in it and "
                     "no OCI layout, which would have a file oci-layout"))
               : sys::ErrnoError("write ", output);
  }
  std::move(remove).Cancel();
  return absl::OkStatus();
}

absl::Status SaveLayout(SavedLayout& layout, const std::string& output) {
  if (!sys::Exists(output + "/oci-layout")) {
    return SaveNewLayout(layout, output);
  }
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd lock,
                         store::LockFile(output, store::LockMode::kExclusive));
  CLEAT_ASSIGN_OR_RETURN(
      const std::string present,
      sys::ReadFile(output + "/index.json", base::kMaxJsonBytes));
  return layout.Write(present, *MakeDirectoryWriter(output));
}

absl::Status CheckOptions(const SaveOptions& options) {
  if (options.format == SaveFormat::kDockerArchive &&
      options.compression.format != compress::Format::kPlain) {
    return absl::InvalidArgumentError(
        "format 'docker-archive': its layers are not compressed: choose "
        "oci-archive or oci with --compression");
  }
  if (options.format == SaveFormat::kOci && options.output.empty()) {
    return absl::InvalidArgumentError(
        "format 'oci': is a directory: name it with --output");
  }
  if (options.output.empty() && isatty(STDOUT_FILENO)) {
    return absl::FailedPreconditionError(
        "write the archive: standard output is a terminal: name a file with "
        "--output, or a pipe");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SaveFormat> ParseSaveFormat(absl::string_view text) {
  for (const FormatName& format : kFormats) {
    if (format.name == text) return format.format;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "format '", text, "': is none of docker-archive, oci-archive and oci"));
}

absl::Status SaveImages(const std::string& store,
                        const std::vector<std::string>& names,
                        const SaveOptions& options) {
  CLEAT_RETURN_IF_ERROR(CheckOptions(options));
  CLEAT_RETURN_IF_ERROR(store::EnterToRead(store));
  SavedLayout layout(store, options.compression,
                     options.format == SaveFormat::kDockerArchive);
  CLEAT_RETURN_IF_ERROR(layout.Collect(names));
  if (options.format == SaveFormat::kOci) {
    return SaveLayout(layout, options.output);
  }
  if (!options.output.empty()) return SaveFile(layout, options.output);
  return WriteArchive(layout, STDOUT_FILENO, "standard output",
                      TemporaryDirectory());
}

}  // namespace cleat::import
