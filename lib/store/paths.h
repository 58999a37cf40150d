#ifndef CLEAT_LIB_STORE_PATHS_H_
#define CLEAT_LIB_STORE_PATHS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Where things lie in a store, which is the data root of a dockerd with the
// overlay2 driver (moby: layer/filestore.go, image/fs.go, reference/store.go,
// daemon/graphdriver/overlay2/overlay.go):
//
//   cleat-store                         store_form.h
//   image/overlay2/repositories.json    repositories.h
//   image/overlay2/imagedb/content/sha256/IMAGE         the image's config
//   image/overlay2/imagedb/metadata/sha256/IMAGE/       parent, lastUpdated
//   image/overlay2/layerdb/sha256/CHAIN/                layer_record.h
//   image/overlay2/layerdb/tmp/cleat-CACHE/             such a one being made
//   overlay2/CACHE/                     diff, link, lower, work, committed
//   overlay2/l/LINK                     -> ../CACHE/diff
//   overlay2/cleat-tmp/CACHE/           a layer being made
//   overlay2/cleat-tmp/CHAIN.lock       held while somebody makes this layer
//   image/overlay2/layerdb/sha256/CHAIN-RANDOM-removing/  a layer being removed
//   cleat-roots/                        roots.h
//
// A store of the vfs driver, whose images lie in image/vfs and layers, each a
// whole tree, in vfs/dir/CACHE/, is read, and not extended. Where both are,
// overlay2 counts.
//
// IMAGE and CHAIN are digests without "sha256:"; CACHE is 64 random digits,
// LINK 26 characters of base32, short because mount(2) takes one page.

namespace cleat::store {

// Whether `text` may name a layer's directory: 64 digits 0-9a-f.
bool IsCacheId(absl::string_view text);

class Paths {
 public:
  explicit Paths(std::string root);

  // Images and layers are given by their digests, "sha256:…", which must have
  // been checked.
  const std::string& root() const { return root_; }
  // "overlay2" or "vfs", looked up once.
  const std::string& driver() const { return driver_; }
  bool is_vfs() const { return driver_ == "vfs"; }
  // image/overlay2.
  std::string Images() const;
  std::string Repositories() const;
  std::string ImageDatabase() const;
  std::string ImageConfig(absl::string_view image) const;
  std::string ImageMetadata(absl::string_view image) const;
  // The directory that holds those.
  std::string ImageMetadata() const;
  std::string LayerDatabase() const;
  std::string Layer(absl::string_view chain) const;
  std::string LayerTemporary(absl::string_view cache_id) const;
  // layerdb/tmp and layerdb/mounts.
  std::string LayerTemporaries() const;
  std::string Mounts() const;
  // The directory that holds the layers' directories.
  std::string Overlay() const;
  std::string Cache(absl::string_view cache_id) const;
  // A layer's files.
  std::string Diff(absl::string_view cache_id) const;
  std::string Link(absl::string_view link) const;
  std::string Temporary() const;

  // Makes the directories that hold layers, or images, with Docker's modes.
  // Those that exist are left as they are.
  absl::Status MakeForLayers() const;
  absl::Status MakeForImages() const;

 private:
  std::string Image(absl::string_view below) const;

  std::string root_;
  std::string driver_;
};

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_PATHS_H_
