#include "lib/import/import_image.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/image/config.h"
#include "lib/image/print_config.h"
#include "lib/image/reference.h"
#include "lib/layer/image_layers.h"
#include "lib/layer/pack.h"
#include "lib/layer/unpack.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_store.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::import {
namespace {

absl::StatusOr<proto::ImageConfig> RunConfig(
    const proto::ImageChanges& changes) {
  proto::ImageConfig run;
  *run.mutable_entrypoint() = changes.entrypoint();
  *run.mutable_cmd() = changes.cmd();
  *run.mutable_env() = changes.env();
  if (changes.has_workdir()) run.set_working_dir(changes.workdir());
  if (changes.has_user()) run.set_user(changes.user());
  for (const std::string& variable : changes.env()) {
    if (absl::StrContains(variable, '=') && variable[0] != '=') continue;
    return absl::InvalidArgumentError(
        absl::StrCat("variable '", variable, "': is not NAME=VALUE"));
  }
  for (const std::string& label : changes.label()) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(label, absl::MaxSplits('=', 1));
    if (parts.first.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("label '", label, "': is not KEY=VALUE"));
    }
    (*run.mutable_labels())[parts.first] = parts.second;
  }
  return run;
}

absl::Status CheckName(const std::string& name) {
  if (name.empty()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const image::Reference reference,
                         image::ParseReference(name));
  if (reference.digest.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("name '", name, "': a new image cannot have a digest"));
}

bool IsDirectory(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// Packs the directory into the file `archive`.
absl::Status PackTo(const std::string& archive, const ImportSpec& spec) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd directory,
                         sys::Open(spec.source, O_RDONLY | O_DIRECTORY));
  CLEAT_ASSIGN_OR_RETURN(sys::Fd file,
                         sys::Open(archive, O_WRONLY | O_CREAT | O_EXCL, 0600));
  layer::PackOptions options;
  options.latest_mtime = absl::ToUnixSeconds(spec.created);
  return layer::Pack(directory.get(), options, [&](absl::string_view data) {
    return sys::WriteAll(file.get(), data, archive);
  });
}

absl::StatusOr<layer::Unpacked> Fill(const store::PendingLayer& pending,
                                     const ImportSpec& spec,
                                     const layer::Form& form) {
  std::string archive = spec.source == "-" ? "/dev/stdin" : spec.source;
  if (IsDirectory(spec.source)) {
    archive = pending.directory() + "/layer.tar";
    CLEAT_RETURN_IF_ERROR(PackTo(archive, spec));
  }
  CLEAT_ASSIGN_OR_RETURN(sys::Fd diff,
                         sys::Open(pending.diff(), O_RDONLY | O_DIRECTORY));
  layer::UnpackOptions options = form;
  options.tar_split = pending.tar_split();
  return layer::Unpack({archive}, layer::Expected(), diff.get(), options);
}

// Puts the layer into the store and returns its DiffID.
absl::StatusOr<std::string> ImportLayer(const ImportSpec& spec,
                                        const std::string& store) {
  CLEAT_ASSIGN_OR_RETURN(const store::LayerStore layers,
                         store::LayerStore::Open(store));
  CLEAT_ASSIGN_OR_RETURN(store::PendingLayer pending, layers.Begin());
  CLEAT_ASSIGN_OR_RETURN(const layer::Unpacked unpacked,
                         Fill(pending, spec, layer::FormOf(layers.form())));
  store::LayerRecord record;
  record.diff_id = unpacked.summary.diff_id;
  record.chain_id = record.diff_id;
  record.size = unpacked.content_size;
  CLEAT_RETURN_IF_ERROR(layers.Commit(std::move(pending), record).status());
  return record.diff_id;
}

}  // namespace

absl::StatusOr<std::string> ImportImage(const ImportSpec& spec,
                                        const std::string& store) {
  CLEAT_RETURN_IF_ERROR(CheckName(spec.name));
  image::Config config;
  CLEAT_ASSIGN_OR_RETURN(config.run, RunConfig(spec.changes));
  config.platform = spec.platform;
  config.created = absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", spec.created,
                                    absl::UTCTimeZone());
  CLEAT_ASSIGN_OR_RETURN(std::string diff_id, ImportLayer(spec, store));
  config.diff_ids.push_back(std::move(diff_id));
  const store::ImageStore images(store);
  CLEAT_ASSIGN_OR_RETURN(std::string id, images.Put(image::PrintConfig(
                                             config, spec.changes.message())));
  if (!spec.name.empty()) CLEAT_RETURN_IF_ERROR(images.Tag(id, spec.name));
  return id;
}

}  // namespace cleat::import
