// image-config: makes an image of another with a changed config.

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/derive/derive_image.h"
#include "lib/stage/squash_note.h"
#include "lib/store/find_image.h"
#include "proto/image_edit.table.h"

namespace cleat {
namespace {

absl::Status ImageConfig(const proto::ImageConfigOptions& options,
                         std::string* output) {
  const std::string store = cli::StorePath(options.common());
  derive::Derivation derivation;
  derivation.edit = options.edit();
  derivation.names = {options.tag().begin(), options.tag().end()};
  derivation.created_by = "image-config";
  CLEAT_RETURN_IF_ERROR(
      derive::CheckDerivation(derivation.edit, derivation.names));
  CLEAT_ASSIGN_OR_RETURN(derivation.base,
                         store::FindImage(options.image(), "", store));
  return stage::NoteSquashing(store, [&]() -> absl::Status {
    CLEAT_ASSIGN_OR_RETURN(const derive::Derived derived,
                           derive::DeriveImage(std::move(derivation), store));
    absl::StrAppend(output, derived.image.state().id(), "\n");
    return absl::OkStatus();
  });
}

}  // namespace

CLEAT_QUERY(proto::ImageConfigOptions, ImageConfig);

}  // namespace cleat
