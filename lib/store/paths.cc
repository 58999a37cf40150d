#include "lib/store/paths.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "lib/base/status_macros.h"
#include "lib/digest/digest.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

struct Directory {
  const char* below;
  mode_t mode;
};

// Parents first.
constexpr Directory kLayerDirectories[] = {
    {"/image", 0700},
    {"/image/overlay2", 0700},
    {"/image/overlay2/layerdb", 0700},
    {"/image/overlay2/layerdb/sha256", 0755},
    {"/image/overlay2/layerdb/tmp", 0755},
    {"/overlay2", 0710},
    {"/overlay2/l", 0700},
    {"/overlay2/cleat-tmp", 0700},
};

constexpr Directory kImageDirectories[] = {
    {"/image", 0700},
    {"/image/overlay2", 0700},
    {"/image/overlay2/imagedb", 0700},
    {"/image/overlay2/imagedb/content", 0700},
    {"/image/overlay2/imagedb/content/sha256", 0700},
    {"/image/overlay2/imagedb/metadata", 0700},
    {"/image/overlay2/imagedb/metadata/sha256", 0700},
};

constexpr char kOverlay[] = "overlay2";
constexpr char kVfs[] = "vfs";

std::string DriverOf(const std::string& root) {
  const auto has = [&](const char* driver) {
    return sys::Exists(absl::StrCat(root, "/image/", driver, "/imagedb"));
  };
  return !has(kOverlay) && has(kVfs) ? kVfs : kOverlay;
}

absl::Status Make(const std::string& root, const std::string& driver,
                  absl::Span<const Directory> directories) {
  const auto path_of = [&](const Directory& directory) {
    return root + absl::StrReplaceAll(directory.below, {{kOverlay, driver}});
  };
  // The last one is there: so are all.
  if (sys::Exists(path_of(directories.back()))) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(root, 0711));
  for (const Directory& directory : directories) {
    const std::string path = path_of(directory);
    if (mkdir(path.c_str(), directory.mode) != 0 && errno != EEXIST) {
      return sys::ErrnoError("make directory ", path);
    }
  }
  return absl::OkStatus();
}

absl::string_view Hex(absl::string_view digest) {
  return absl::StripPrefix(digest, "sha256:");
}

}  // namespace

bool IsCacheId(absl::string_view text) {
  return digest::IsSha256(absl::StrCat("sha256:", text));
}

Paths::Paths(std::string root)
    : root_(std::move(root)), driver_(DriverOf(root_)) {}

std::string Paths::Image(absl::string_view below) const {
  return absl::StrCat(Images(), "/", below);
}

std::string Paths::Images() const {
  return absl::StrCat(root_, "/image/", driver_);
}

std::string Paths::Repositories() const { return Image("repositories.json"); }

std::string Paths::ImageDatabase() const {
  return Image("imagedb/content/sha256");
}

std::string Paths::ImageConfig(absl::string_view image) const {
  return absl::StrCat(ImageDatabase(), "/", Hex(image));
}

std::string Paths::ImageMetadata(absl::string_view image) const {
  return absl::StrCat(Image("imagedb/metadata/sha256/"), Hex(image));
}

std::string Paths::ImageMetadata() const {
  return Image("imagedb/metadata/sha256");
}

std::string Paths::LayerDatabase() const { return Image("layerdb/sha256"); }

std::string Paths::Layer(absl::string_view chain) const {
  return absl::StrCat(LayerDatabase(), "/", Hex(chain));
}

std::string Paths::LayerTemporary(absl::string_view cache_id) const {
  return absl::StrCat(Image("layerdb/tmp/cleat-"), cache_id);
}

std::string Paths::LayerTemporaries() const { return Image("layerdb/tmp"); }

std::string Paths::Mounts() const { return Image("layerdb/mounts"); }

std::string Paths::Overlay() const {
  return absl::StrCat(root_, is_vfs() ? "/vfs/dir" : "/overlay2");
}

std::string Paths::Cache(absl::string_view cache_id) const {
  return absl::StrCat(Overlay(), "/", cache_id);
}

std::string Paths::Diff(absl::string_view cache_id) const {
  return absl::StrCat(Cache(cache_id), is_vfs() ? "" : "/diff");
}

std::string Paths::Link(absl::string_view link) const {
  return absl::StrCat(Overlay(), "/l/", link);
}

std::string Paths::Temporary() const {
  return absl::StrCat(Overlay(), "/cleat-tmp");
}

absl::Status Paths::MakeForLayers() const {
  if (is_vfs()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "extend store ", root_,
        ": it is of the vfs driver, which is only read: choose another with "
        "--store"));
  }
  return Make(root_, driver_, kLayerDirectories);
}

absl::Status Paths::MakeForImages() const {
  return Make(root_, driver_, kImageDirectories);
}

}  // namespace cleat::store
