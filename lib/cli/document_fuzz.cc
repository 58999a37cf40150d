// Documents come from a pipe that anybody may write to: whatever is read must
// be read again from what is printed of it.

#include <cstddef>
#include <cstdint>

#include "absl/base/internal/raw_logging.h"
#include "lib/cli/document.h"
#include "proto/cgroup.table.h"
#include "proto/image.table.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto texts = cleat::cli::SplitDocuments(text);
  if (!texts.ok()) return 0;
  for (const absl::string_view json : *texts) {
    const auto document = cleat::cli::Document::Parse(json);
    if (!document.ok()) continue;
    document->Get<cleat::proto::Image>("image").status().IgnoreError();
    document->Get<cleat::proto::Cgroup>("cgroup").status().IgnoreError();
    const auto again = cleat::cli::Document::Parse(document->ToJson());
    ABSL_RAW_CHECK(again.ok(), "a printed document is not read");
    ABSL_RAW_CHECK(again->ToJson() == document->ToJson(),
                   "a printed document changes when read");
  }
  return 0;
}
