#ifndef CLEAT_LIB_STORE_IMAGE_SUMMARIES_H_
#define CLEAT_LIB_STORE_IMAGE_SUMMARIES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/store/image_filter.h"
#include "proto/image.pb.h"

namespace cleat::store {

struct ImageSelection {
  // Nameless images on which others were built, too.
  bool all = false;
  // A summary for each digest of a name, with it.
  bool digests = false;
  ImageFilter filter = {};
};

// The images of the store at `root`, newest first, one for each name, as
// `docker images` lists them: an image that has only a digest in a repository
// has no tag, one without any name neither. An image whose config is damaged is
// an error that names it.
absl::StatusOr<std::vector<proto::ImageSummary>> SummarizeImages(
    const std::string& root, const ImageSelection& selection);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_IMAGE_SUMMARIES_H_
