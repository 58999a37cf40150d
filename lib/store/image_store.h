#ifndef CLEAT_LIB_STORE_IMAGE_STORE_H_
#define CLEAT_LIB_STORE_IMAGE_STORE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "lib/store/paths.h"
#include "lib/sys/fd.h"
#include "proto/image.pb.h"

namespace cleat::store {

// The images of a store: configs under their digests, and their names. An
// image's layers are in the LayerStore. Opening one costs and writes nothing;
// a missing store is an empty one.
class ImageStore {
 public:
  explicit ImageStore(std::string root) : paths_(std::move(root)) {}

  // The ImageID that is meant, in Docker's order: "sha256:…" or 64 digits; a
  // name, "latest" where it has no tag; the beginning of an id. kNotFound;
  // kInvalidArgument when several ids begin so.
  absl::StatusOr<std::string> Resolve(absl::string_view text) const;

  // The config's bytes, with their digest verified. kNotFound, kDataLoss.
  absl::StatusOr<std::string> Get(absl::string_view image_id) const;

  // What a document says of the image that Resolve finds. Its layers have
  // DiffIDs and no bytes: they are in the store.
  absl::StatusOr<proto::ImageState> Read(
      absl::string_view text,
      const absl::optional<proto::Platform>& platform) const;

  // Stores a config, once, and returns its ImageID. kInvalidArgument for what
  // is none, kNotFound when the store lacks one of its layers.
  absl::StatusOr<std::string> Put(const std::string& config) const;

  // Gives an image that is there a name, which another one may lose.
  // kInvalidArgument for a name with a digest.
  absl::Status Tag(absl::string_view image_id, absl::string_view name) const;

  // All ImageIDs, sorted.
  absl::StatusOr<std::vector<std::string>> List() const;

  // Records the image that one was built on, as dockerd's builds and commits
  // do. kNotFound when the store lacks either.
  absl::Status SetParent(absl::string_view image_id,
                         absl::string_view parent) const;

  // The image that this one was built on; empty where none is recorded.
  std::string Parent(absl::string_view image_id) const;

 private:
  absl::StatusOr<std::string> ResolvePrefix(absl::string_view prefix) const;
  // Keeps the layers from being removed while the descriptor is open.
  absl::StatusOr<sys::Fd> KeepLayers(
      const std::vector<std::string>& diff_ids) const;
  // As dockerd does when it tags.
  absl::Status RecordUpdate(absl::string_view image_id) const;
  absl::Status Missing(absl::string_view text) const;

  Paths paths_;
};

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_IMAGE_STORE_H_
