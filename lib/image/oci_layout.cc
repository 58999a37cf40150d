#include "lib/image/oci_layout.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/image/blob_reader.h"
#include "lib/image/manifest.h"
#include "lib/image/platform.h"
#include "lib/image/reference.h"

namespace cleat::image {
namespace {

constexpr char kIndexType[] = "application/vnd.oci.image.index.v1+json";

// Indexes name indexes; real ones do once or twice.
constexpr int kMaxIndexes = 8;

absl::Status CheckLayoutVersion(const FileSet& files) {
  absl::StatusOr<std::string> text =
      files.Read("oci-layout", base::kMaxJsonBytes);
  if (absl::IsNotFound(text.status())) {
    return absl::InvalidArgumentError(
        absl::StrCat("read ", files.name(),
                     ": is no OCI image layout: it has no file "
                     "oci-layout"));
  }
  if (!text.ok()) return text.status();
  CLEAT_ASSIGN_OR_RETURN(
      base::JsonDocument document,
      base::JsonDocument::Parse(*std::move(text),
                                absl::StrCat(files.name(), "/oci-layout")));
  CLEAT_ASSIGN_OR_RETURN(const base::JsonObject object, document.Object());
  CLEAT_ASSIGN_OR_RETURN(absl::string_view version,
                         object.String("imageLayoutVersion"));
  if (version == "1.0.0") return absl::OkStatus();
  return object.Error("imageLayoutVersion",
                      absl::StrCat("is ", version, ", not 1.0.0"));
}

absl::StatusOr<Manifest> ReadTopIndex(const FileSet& files) {
  CLEAT_RETURN_IF_ERROR(CheckLayoutVersion(files));
  CLEAT_ASSIGN_OR_RETURN(std::string text,
                         files.Read("index.json", base::kMaxJsonBytes));
  return ParseManifest(std::move(text), kIndexType,
                       absl::StrCat(files.name(), "/index.json"));
}

bool HasName(const Descriptor& descriptor, absl::string_view name) {
  if (absl::ConsumePrefix(&name, "@")) return descriptor.digest == name;
  return descriptor.ref_name == name || descriptor.image_name == name;
}

// The tag, or the digest where there is none, for a message.
std::string NameOf(const Descriptor& descriptor) {
  return descriptor.ref_name.empty() ? absl::StrCat("@", descriptor.digest)
                                     : descriptor.ref_name;
}

std::string ListNames(const std::vector<Descriptor>& descriptors) {
  if (descriptors.empty()) return "it is empty";
  return absl::StrCat("there is ",
                      absl::Utf8SafeCHexEscape(absl::StrJoin(
                          descriptors, ", ",
                          [](std::string* out, const Descriptor& descriptor) {
                            absl::StrAppend(out, NameOf(descriptor));
                          })));
}

// Whether a choice by platform among them makes sense.
bool AllHavePlatforms(const std::vector<Descriptor>& descriptors) {
  for (const Descriptor& descriptor : descriptors) {
    if (!descriptor.platform) return false;
  }
  return !descriptors.empty();
}

absl::StatusOr<Descriptor> ChooseByPlatform(
    const std::vector<Descriptor>& descriptors, const proto::Platform& want,
    absl::string_view name) {
  std::vector<Descriptor> candidates;
  std::vector<proto::Platform> platforms;
  for (const Descriptor& descriptor : descriptors) {
    if (!descriptor.platform) continue;
    candidates.push_back(descriptor);
    platforms.push_back(*descriptor.platform);
  }
  const absl::StatusOr<size_t> choice = ChoosePlatform(want, platforms);
  if (choice.ok()) return candidates[*choice];
  return absl::NotFoundError(
      absl::StrCat(name, ": ", choice.status().message()));
}

// What is no artifact; all where nothing else is. What cannot be read may be an
// image.
std::vector<Descriptor> WithoutArtifacts(const FileSet& files,
                                         const Manifest& index) {
  std::vector<Descriptor> images;
  for (const Descriptor& descriptor : index.manifests) {
    absl::StatusOr<std::string> text = ReadBlob(files, descriptor, "manifest");
    if (text.ok() && IsArtifact(*std::move(text))) continue;
    images.push_back(descriptor);
  }
  return images.empty() ? index.manifests : images;
}

absl::StatusOr<Descriptor> ChooseTop(const FileSet& files,
                                     const Manifest& index,
                                     absl::string_view name,
                                     const proto::Platform& want) {
  std::vector<Descriptor> named;
  for (const Descriptor& descriptor : index.manifests) {
    if (HasName(descriptor, name)) named.push_back(descriptor);
  }
  if (name.empty()) named = WithoutArtifacts(files, index);
  if (named.size() == 1) return named[0];
  // Several of one name (or none): the platforms of one image.
  if (AllHavePlatforms(named)) {
    return ChooseByPlatform(named, want, files.name());
  }
  if (named.empty()) {
    return absl::NotFoundError(absl::StrCat(
        "find '", absl::Utf8SafeCHexEscape(name), "' in ", files.name(),
        ": no image of this name; ", ListNames(index.manifests)));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("find an image in ", files.name(),
                   ": it holds several, name one; ", ListNames(named)));
}

absl::StatusOr<Descriptor> ChooseNested(const Manifest& index,
                                        const Descriptor& descriptor,
                                        const proto::Platform& want) {
  if (index.manifests.size() == 1 && !index.manifests[0].platform) {
    return index.manifests[0];
  }
  return ChooseByPlatform(index.manifests, want,
                          absl::StrCat("index ", descriptor.digest));
}

// Whether an annotation is a whole name, not a tag alone.
bool IsWholeName(absl::string_view name) {
  return name.find_first_of(":/") != absl::string_view::npos &&
         ParseReference(name).ok();
}

}  // namespace

absl::StatusOr<std::vector<ListedImage>> ListOciLayout(const FileSet& files) {
  CLEAT_ASSIGN_OR_RETURN(const Manifest index, ReadTopIndex(files));
  std::vector<ListedImage> images;
  for (const Descriptor& descriptor : WithoutArtifacts(files, index)) {
    const std::string selector = absl::StrCat("@", descriptor.digest);
    auto image = std::find_if(
        images.begin(), images.end(),
        [&](const ListedImage& i) { return i.selector == selector; });
    if (image == images.end()) {
      image = images.insert(images.end(), {selector, {}});
    }
    for (const std::string& name :
         {descriptor.image_name, descriptor.ref_name}) {
      if (!IsWholeName(name)) continue;
      image->names.push_back(name);
      break;
    }
  }
  return images;
}

absl::StatusOr<proto::ImageState> ReadOciLayout(
    const FileSet& files, absl::string_view name,
    const absl::optional<proto::Platform>& platform, std::string* config) {
  const proto::Platform want = platform ? *platform : HostPlatform();
  CLEAT_ASSIGN_OR_RETURN(Manifest manifest, ReadTopIndex(files));
  CLEAT_ASSIGN_OR_RETURN(Descriptor descriptor,
                         ChooseTop(files, manifest, name, want));
  for (int depth = 0; depth < kMaxIndexes; ++depth) {
    CLEAT_ASSIGN_OR_RETURN(manifest, ReadManifest(files, descriptor));
    if (!manifest.is_index) {
      CLEAT_ASSIGN_OR_RETURN(
          proto::ImageState state,
          ReadImageState(files, descriptor, manifest, config));
      CLEAT_RETURN_IF_ERROR(
          CheckPlatform(files.name(), platform, state.platform()));
      return state;
    }
    CLEAT_ASSIGN_OR_RETURN(descriptor,
                           ChooseNested(manifest, descriptor, want));
  }
  return absl::InvalidArgumentError(absl::StrCat("read ", files.name(),
                                                 ": more than ", kMaxIndexes,
                                                 " indexes name each other"));
}

}  // namespace cleat::image
