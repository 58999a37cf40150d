#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/internal/raw_logging.h"
#include "lib/derive/edit_config.h"
#include "lib/image/config.h"

namespace {

using cleat::derive::ConfigChanges;
using cleat::derive::EditConfig;

ConfigChanges MakeChanges() {
  ConfigChanges changes;
  cleat::proto::ImageEdit& edit = changes.edit;
  edit.add_entrypoint("/app");
  edit.add_cmd("");
  edit.add_env("A=2");
  edit.add_unset_env("PATH");
  edit.add_label("y=3");
  edit.add_unset_label("z");
  edit.set_workdir("/srv");
  edit.set_user("1000");
  edit.add_expose("80");
  edit.add_volume("/data");
  edit.set_stop_signal("INT");
  edit.set_author("me");
  changes.created = "2000-01-01T00:00:00Z";
  changes.history.push_back(
      {"made", "",
       "sha256:"
       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"});
  return changes;
}

}  // namespace

// A config that is edited is a config, and editing it takes no notice of how it
// was written: what comes out, edited without a change, stays as it is.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const ConfigChanges& changes = *new ConfigChanges(MakeChanges());
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto edited = EditConfig(text, changes);
  if (!edited.ok()) return 0;
  ConfigChanges nothing;
  nothing.created = changes.created;
  const auto again = EditConfig(*edited, nothing);
  ABSL_RAW_CHECK(again.ok(), "what was written is malformed");
  ABSL_RAW_CHECK(*again == *edited, "what was written differs");
  if (!cleat::image::ParseConfig(text, "fuzz").ok()) return 0;
  const auto config = cleat::image::ParseConfig(*edited, "fuzz");
  // A layer more may be one too many.
  if (absl::IsInvalidArgument(config.status())) return 0;
  ABSL_RAW_CHECK(config.ok(), "what was written is no config");
  return 0;
}
