#include "lib/store/find_image.h"

#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/image/platform.h"
#include "lib/image/read_image.h"
#include "lib/image/source.h"
#include "lib/store/image_store.h"

namespace cleat::store {

absl::StatusOr<proto::Image> FindImage(absl::string_view reference,
                                       absl::string_view platform,
                                       const std::string& store) {
  trace::Span span("read image", reference);
  proto::Image image;
  image.mutable_spec()->set_reference(std::string(reference));
  absl::optional<proto::Platform> asked;
  if (!platform.empty()) {
    CLEAT_ASSIGN_OR_RETURN(asked, image::ParsePlatform(platform));
    *image.mutable_spec()->mutable_platform() = *asked;
  }
  CLEAT_ASSIGN_OR_RETURN(const image::Source source,
                         image::ParseSource(reference));
  CLEAT_ASSIGN_OR_RETURN(*image.mutable_state(),
                         source.transport == image::Transport::kStore
                             ? ImageStore(store).Read(source.name, asked)
                             : image::ReadImage(source, asked));
  return image;
}

}  // namespace cleat::store
