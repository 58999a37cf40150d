#include "lib/import/save_images.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/digest/sha256.h"
#include "lib/image/blob_reader.h"
#include "lib/image/config.h"
#include "lib/image/reference.h"
#include "lib/import/image_writer.h"
#include "lib/import/layout_json.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_archive.h"
#include "lib/store/layer_use.h"
#include "lib/store/own_form.h"
#include "lib/store/repositories.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::import {
namespace {

constexpr char kLayoutVersion[] = R"({"imageLayoutVersion":"1.0.0"})";

struct FormatName {
  absl::string_view name;
  SaveFormat format;
};

constexpr FormatName kFormats[] = {
    {"docker-archive", SaveFormat::kDockerArchive},
    {"oci-archive", SaveFormat::kOciArchive},
    {"oci", SaveFormat::kOci},
};

SavedBlob BlobOf(const std::string& text) {
  return {digest::Sha256Of(text), static_cast<int64_t>(text.size())};
}

// Finds out all that is to be written, then writes it.
class Saver {
 public:
  explicit Saver(const std::string& store) : paths_(store), images_(store) {}

  absl::Status Collect(const std::vector<std::string>& names);
  absl::Status Write(SaveFormat format, ImageWriter& writer) const;

 private:
  absl::Status CollectImage(const std::string& name);
  absl::StatusOr<SavedImage> ReadImage(const std::string& id);
  absl::StatusOr<SavedBlob> CollectLayer(const std::string& chain_id);
  absl::Status WriteText(ImageWriter& writer, const std::string& name,
                         const std::string& text) const;
  absl::Status WriteLayers(ImageWriter& writer) const;
  absl::Status WriteTexts(ImageWriter& writer) const;

  const store::Paths paths_;
  const store::ImageStore images_;
  store::Repositories repositories_;
  std::vector<SavedImage> saved_;
  // By DiffID: a layer that has it, and the size of its archive.
  std::map<std::string, std::pair<store::LayerRecord, int64_t>> layers_;
};

absl::StatusOr<SavedBlob> Saver::CollectLayer(const std::string& chain_id) {
  CLEAT_ASSIGN_OR_RETURN(store::LayerRecord layer,
                         store::ReadLayerRecord(paths_, chain_id));
  const std::string diff_id = layer.diff_id;
  if (layers_.count(diff_id) == 0) {
    CLEAT_ASSIGN_OR_RETURN(const int64_t size,
                           store::LayerArchiveSize(paths_, layer));
    layers_[diff_id] = {std::move(layer), size};
  }
  return SavedBlob{diff_id, layers_[diff_id].second};
}

absl::StatusOr<SavedImage> Saver::ReadImage(const std::string& id) {
  SavedImage image;
  CLEAT_ASSIGN_OR_RETURN(image.config_text, images_.Get(id));
  CLEAT_ASSIGN_OR_RETURN(
      const image::Config config,
      image::ParseConfig(image.config_text, paths_.ImageConfig(id)));
  image.config = BlobOf(image.config_text);
  for (const std::string& chain_id : store::ChainIds(config.diff_ids)) {
    CLEAT_ASSIGN_OR_RETURN(SavedBlob layer, CollectLayer(chain_id));
    image.layers.push_back(std::move(layer));
  }
  image.manifest_text = PrintManifest(image);
  image.manifest = BlobOf(image.manifest_text);
  return image;
}

absl::Status Saver::CollectImage(const std::string& name) {
  CLEAT_ASSIGN_OR_RETURN(const std::string id, images_.Resolve(name));
  auto image = std::find_if(
      saved_.begin(), saved_.end(),
      [&](const SavedImage& saved) { return saved.config.digest == id; });
  if (image == saved_.end()) {
    CLEAT_ASSIGN_OR_RETURN(SavedImage read, ReadImage(id));
    image = saved_.insert(saved_.end(), std::move(read));
  }
  const auto reference = image::ParseReference(name);
  if (!reference.ok() || !reference->digest.empty() ||
      repositories_.Find(*reference) != id) {
    return absl::OkStatus();
  }
  std::string familiar = image::FamiliarReference(*reference);
  if (!std::count(image->names.begin(), image->names.end(), familiar)) {
    image->names.push_back(std::move(familiar));
  }
  return absl::OkStatus();
}

absl::Status Saver::Collect(const std::vector<std::string>& names) {
  CLEAT_ASSIGN_OR_RETURN(repositories_, store::Repositories::Load(paths_));
  for (const std::string& name : names) {
    CLEAT_RETURN_IF_ERROR(CollectImage(name));
  }
  return absl::OkStatus();
}

absl::Status Saver::WriteText(ImageWriter& writer, const std::string& name,
                              const std::string& text) const {
  return writer.AddFile(name, static_cast<int64_t>(text.size()),
                        [&](const ByteSink& sink) { return sink(text); });
}

absl::Status Saver::WriteLayers(ImageWriter& writer) const {
  for (const auto& entry : layers_) {
    const auto& layer = entry.second;
    CLEAT_RETURN_IF_ERROR(writer.AddFile(
        image::BlobName(entry.first), layer.second, [&](const ByteSink& sink) {
          return store::WriteLayerArchive(paths_, layer.first, sink);
        }));
  }
  return absl::OkStatus();
}

absl::Status Saver::WriteTexts(ImageWriter& writer) const {
  // Two images may have a manifest in common only when they are one.
  for (const SavedImage& image : saved_) {
    CLEAT_RETURN_IF_ERROR(WriteText(
        writer, image::BlobName(image.config.digest), image.config_text));
    CLEAT_RETURN_IF_ERROR(WriteText(
        writer, image::BlobName(image.manifest.digest), image.manifest_text));
  }
  return absl::OkStatus();
}

absl::Status Saver::Write(SaveFormat format, ImageWriter& writer) const {
  CLEAT_RETURN_IF_ERROR(WriteText(writer, "oci-layout", kLayoutVersion));
  CLEAT_RETURN_IF_ERROR(WriteText(writer, "index.json", PrintIndex(saved_)));
  if (format == SaveFormat::kDockerArchive) {
    CLEAT_RETURN_IF_ERROR(
        WriteText(writer, "manifest.json", PrintDockerManifest(saved_)));
  }
  CLEAT_RETURN_IF_ERROR(writer.AddDirectory("blobs"));
  CLEAT_RETURN_IF_ERROR(writer.AddDirectory("blobs/sha256"));
  CLEAT_RETURN_IF_ERROR(WriteTexts(writer));
  CLEAT_RETURN_IF_ERROR(WriteLayers(writer));
  return writer.Finish();
}

absl::Status WriteArchive(const Saver& saver, SaveFormat format, int fd,
                          const std::string& name) {
  const auto writer = MakeArchiveWriter(
      [&](absl::string_view bytes) { return sys::WriteAll(fd, bytes, name); });
  return saver.Write(format, *writer);
}

absl::Status RenameTo(const std::string& from, const std::string& to) {
  // A file may be replaced, a directory only if it is empty.
  if (rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return sys::ErrnoError("write ", to);
}

absl::Status SaveFile(const Saver& saver, SaveFormat format,
                      const std::string& output) {
  struct stat info;
  // To a pipe or device it is written as it comes.
  if (stat(output.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd, sys::Open(output, O_WRONLY));
    return WriteArchive(saver, format, fd.get(), output);
  }
  const std::string temporary =
      absl::StrCat(output, ".", RandomId().substr(0, 16), ".tmp");
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd fd,
      sys::Open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644));
  auto remove = absl::MakeCleanup([&] { unlink(temporary.c_str()); });
  CLEAT_RETURN_IF_ERROR(WriteArchive(saver, format, fd.get(), temporary));
  if (fsync(fd.get()) != 0) return sys::ErrnoError("fsync ", temporary);
  CLEAT_RETURN_IF_ERROR(RenameTo(temporary, output));
  std::move(remove).Cancel();
  return absl::OkStatus();
}

absl::Status SaveDirectory(const Saver& saver, const std::string& output) {
  const std::string temporary =
      absl::StrCat(output, ".", RandomId().substr(0, 16), ".tmp");
  if (mkdir(temporary.c_str(), 0755) != 0) {
    return sys::ErrnoError("make directory ", temporary);
  }
  auto remove =
      absl::MakeCleanup([&] { sys::RemoveTree(temporary).IgnoreError(); });
  const auto writer = MakeDirectoryWriter(temporary);
  CLEAT_RETURN_IF_ERROR(saver.Write(SaveFormat::kOci, *writer));
  CLEAT_RETURN_IF_ERROR(RenameTo(temporary, output));
  std::move(remove).Cancel();
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
                        SaveFormat format, const std::string& output) {
  if (format == SaveFormat::kOci && output.empty()) {
    return absl::InvalidArgumentError(
        "format 'oci': is a directory: name it with --output");
  }
  if (output.empty() && isatty(STDOUT_FILENO)) {
    return absl::FailedPreconditionError(
        "write the archive: standard output is a terminal: name a file with "
        "--output, or a pipe");
  }
  CLEAT_RETURN_IF_ERROR(store::EnterToRead(store));
  Saver saver(store);
  CLEAT_RETURN_IF_ERROR(saver.Collect(names));
  if (format == SaveFormat::kOci) return SaveDirectory(saver, output);
  return output.empty()
             ? WriteArchive(saver, format, STDOUT_FILENO, "standard output")
             : SaveFile(saver, format, output);
}

}  // namespace cleat::import
