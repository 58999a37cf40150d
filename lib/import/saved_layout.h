#ifndef CLEAT_LIB_IMPORT_SAVED_LAYOUT_H_
#define CLEAT_LIB_IMPORT_SAVED_LAYOUT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/compress/compress.h"
#include "lib/import/image_writer.h"
#include "lib/import/layout_json.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_record.h"
#include "lib/store/paths.h"
#include "lib/store/repositories.h"

namespace cleat::import {

// Images of a store as an OCI layout: finds out all that is to be written, then
// writes it, each layer once.
class SavedLayout {
 public:
  // `docker`: with Docker's manifest.json, for which layers are plain.
  SavedLayout(const std::string& store,
              const compress::Compression& compression, bool docker)
      : compression_(compression),
        docker_(docker),
        paths_(store),
        images_(store) {}

  // kNotFound, and kFailedPrecondition for a layer whose archive is not known.
  absl::Status Collect(const std::vector<std::string>& names);
  // `present`: the index.json that is there; empty for none. Once.
  absl::Status Write(const std::string& present, ImageWriter& writer);

 private:
  struct Layer {
    store::LayerRecord record;
    // Of its archive.
    int64_t size = 0;
  };
  struct Image {
    SavedImage saved;
    std::vector<std::string> diff_ids;
  };

  absl::Status CollectImage(const std::string& name);
  absl::StatusOr<Image> ReadImage(const std::string& id);
  absl::Status CollectLayer(const std::string& chain_id);
  absl::StatusOr<SavedBlob> WriteLayer(ImageWriter& writer,
                                       const Layer& layer) const;
  absl::Status Compress(const Layer& layer, const ByteSink& sink) const;
  // Writes manifest and config, once the layers are.
  absl::Status WriteImage(ImageWriter& writer, Image& image) const;

  const compress::Compression compression_;
  const bool docker_;
  const store::Paths paths_;
  const store::ImageStore images_;
  store::Repositories repositories_;
  std::vector<Image> collected_;
  // By DiffID: a layer that has it, and what was written of it.
  std::map<std::string, Layer> layers_;
  std::map<std::string, SavedBlob> blobs_;
};

}  // namespace cleat::import

#endif  // CLEAT_LIB_IMPORT_SAVED_LAYOUT_H_
