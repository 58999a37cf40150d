#ifndef CLEAT_LIB_IMAGE_LISTED_IMAGE_H_
#define CLEAT_LIB_IMAGE_LISTED_IMAGE_H_

#include <string>
#include <vector>

namespace cleat::image {

// One of the images of a layout or an archive.
struct ListedImage {
  // What chooses it as Source::name: "@0", "@sha256:…".
  std::string selector;
  // Its whole names; none for one that has a tag alone.
  std::vector<std::string> names;
};

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_LISTED_IMAGE_H_
