#include "lib/store/image_store.h"

#include <sys/stat.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/digest/chain_id.h"
#include "lib/digest/digest.h"
#include "lib/digest/sha256.h"
#include "lib/digest/verifier.h"
#include "lib/image/blob_reader.h"
#include "lib/image/config.h"
#include "lib/image/platform.h"
#include "lib/image/reference.h"
#include "lib/store/file_lock.h"
#include "lib/store/guard.h"
#include "lib/store/repositories.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

constexpr absl::string_view kSha256 = "sha256:";

bool IsHex(absl::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
}

// Go's RFC3339Nano: a fraction without the zeros at its end.
std::string Now() {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", absl::Now(),
                          absl::UTCTimeZone());
}

}  // namespace

absl::Status ImageStore::Missing(absl::string_view text) const {
  return absl::NotFoundError(absl::StrCat(
      "find image '", absl::Utf8SafeCHexEscape(text.substr(0, 300)),
      "': it is not in store ", paths_.root(),
      "; image-list lists what is, oci:, oci-archive: and docker-archive: name "
      "what lies elsewhere"));
}

absl::StatusOr<std::string> ImageStore::ResolvePrefix(
    absl::string_view prefix) const {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> ids, List());
  const std::string wanted =
      absl::StrCat(kSha256, absl::StripPrefix(prefix, kSha256));
  const auto first = std::lower_bound(ids.begin(), ids.end(), wanted);
  if (first == ids.end() || !absl::StartsWith(*first, wanted)) {
    return Missing(prefix);
  }
  const auto second = std::next(first);
  if (second == ids.end() || !absl::StartsWith(*second, wanted)) return *first;
  return absl::InvalidArgumentError(absl::StrCat("find image '", prefix,
                                                 "': several ids begin so, ",
                                                 *first, " and ", *second));
}

absl::StatusOr<std::string> ImageStore::Resolve(absl::string_view text) const {
  const std::string id =
      absl::StrCat(kSha256, absl::StripPrefix(text, kSha256));
  if (digest::IsSha256(id)) return id;
  const absl::StatusOr<image::Reference> reference =
      image::ParseReference(text);
  if (reference.ok()) {
    CLEAT_ASSIGN_OR_RETURN(const Repositories repositories,
                           Repositories::Load(paths_));
    std::string found = repositories.Find(*reference);
    if (!found.empty()) return found;
  }
  if (IsHex(absl::StripPrefix(text, kSha256))) return ResolvePrefix(text);
  return reference.ok() ? Missing(text) : reference.status();
}

absl::StatusOr<std::string> ImageStore::Get(absl::string_view image_id) const {
  CLEAT_RETURN_IF_ERROR(digest::ParseHex(image_id).status());
  const std::string path = paths_.ImageConfig(image_id);
  absl::StatusOr<std::string> config = sys::ReadFile(path, base::kMaxJsonBytes);
  if (absl::IsNotFound(config.status())) return Missing(image_id);
  if (!config.ok()) return config.status();
  const absl::Status valid = digest::Verify(*config, image_id, -1);
  if (valid.ok()) return config;
  return absl::DataLossError(absl::StrCat(
      "verify ", path, ": ", valid.message(), ": the store is damaged"));
}

absl::StatusOr<proto::ImageState> ImageStore::Read(
    absl::string_view text,
    const absl::optional<proto::Platform>& platform) const {
  CLEAT_ASSIGN_OR_RETURN(const std::string id, Resolve(text));
  CLEAT_ASSIGN_OR_RETURN(std::string bytes, Get(id));
  CLEAT_ASSIGN_OR_RETURN(
      image::Config config,
      image::ParseConfig(std::move(bytes), paths_.ImageConfig(id)));
  proto::ImageState state = image::StateOfConfig(id, config);
  CLEAT_RETURN_IF_ERROR(image::CheckPlatform(text, platform, state.platform()));
  for (std::string& diff_id : config.diff_ids) {
    state.add_layers()->set_diff_id(std::move(diff_id));
  }
  return state;
}

absl::StatusOr<std::string> ImageStore::Put(const std::string& config) const {
  CLEAT_ASSIGN_OR_RETURN(const image::Config parsed,
                         image::ParseConfig(config, "config of the new image"));
  std::string id = digest::Sha256Of(config);
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd guard, GuardWriting(paths_.root()));
  // Nobody removes the layers until the image is there to need them.
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd keep, KeepLayers(parsed.diff_ids));
  CLEAT_RETURN_IF_ERROR(paths_.MakeForImages());
  const std::string path = paths_.ImageConfig(id);
  if (sys::Exists(path)) return id;
  CLEAT_RETURN_IF_ERROR(sys::WriteFileAtomic(path, config, 0600));
  return id;
}

absl::StatusOr<sys::Fd> ImageStore::KeepLayers(
    const std::vector<std::string>& diff_ids) const {
  if (diff_ids.empty()) return sys::Fd();
  std::string chain_id;
  for (const std::string& diff_id : diff_ids) {
    chain_id = digest::ChainId(chain_id, diff_id);
  }
  absl::StatusOr<sys::Fd> lock =
      LockFile(paths_.LayerDatabase(), LockMode::kShared);
  if (!lock.ok() && !absl::IsNotFound(lock.status())) return lock.status();
  if (lock.ok() && sys::Exists(paths_.Layer(chain_id))) return lock;
  return absl::NotFoundError(absl::StrCat("add image: its layer ", chain_id,
                                          " is not in store ", paths_.root()));
}

absl::Status ImageStore::Tag(absl::string_view image_id,
                             absl::string_view name) const {
  CLEAT_ASSIGN_OR_RETURN(const image::Reference reference,
                         image::ParseReference(name));
  if (!reference.digest.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tag '", name,
                     "': a digest cannot be given, it belongs to a manifest"));
  }
  CLEAT_RETURN_IF_ERROR(Get(image_id).status());
  return Repositories::Update(paths_, [&](Repositories& repositories) {
    // Nobody has removed it meanwhile.
    CLEAT_RETURN_IF_ERROR(Get(image_id).status());
    repositories.Set(reference, image_id);
    return RecordUpdate(image_id);
  });
}

absl::Status ImageStore::RecordUpdate(absl::string_view image_id) const {
  const std::string metadata = paths_.ImageMetadata(image_id);
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(metadata, 0700));
  return sys::WriteFileAtomic(metadata + "/lastUpdated", Now(), 0600,
                              sys::Sync::kNo);
}

absl::StatusOr<std::vector<std::string>> ImageStore::List() const {
  absl::StatusOr<std::vector<std::string>> names =
      sys::ListDirectory(paths_.ImageDatabase());
  if (absl::IsNotFound(names.status())) {
    CLEAT_RETURN_IF_ERROR(CheckLayout(paths_.root()));
    return std::vector<std::string>();
  }
  if (!names.ok()) return names.status();
  std::vector<std::string> ids;
  for (const std::string& name : *names) {
    std::string id = absl::StrCat(kSha256, name);
    // Temporary files of other processes lie here, too.
    if (digest::IsSha256(id)) ids.push_back(std::move(id));
  }
  return ids;
}

absl::Status ImageStore::SetParent(absl::string_view image_id,
                                   absl::string_view parent) const {
  // Nobody removes one of them meanwhile.
  return Repositories::Update(paths_, [&](Repositories& /*names*/) {
    CLEAT_RETURN_IF_ERROR(Get(parent).status());
    CLEAT_RETURN_IF_ERROR(Get(image_id).status());
    const std::string metadata = paths_.ImageMetadata(image_id);
    CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(metadata, 0700));
    return sys::WriteFileAtomic(metadata + "/parent", parent, 0600,
                                sys::Sync::kNo);
  });
}

std::string ImageStore::Parent(absl::string_view image_id) const {
  absl::StatusOr<std::string> parent = sys::ReadFile(
      absl::StrCat(paths_.ImageMetadata(image_id), "/parent"), 256);
  return parent.ok() && digest::IsSha256(*parent) ? *parent : "";
}

}  // namespace cleat::store
