#ifndef CLEAT_LIB_TARSPLIT_GZIP_TEXT_H_
#define CLEAT_LIB_TARSPLIT_GZIP_TEXT_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace cleat::tarsplit {

// Compresses tar-split's text with gzip as it comes, as fast as can be rather
// than as small: it is written while a layer is unpacked, and is mostly zeros
// in base64. With ISA-L where the build has it, else with zlib's level 1. No
// digest of these bytes is kept anywhere, so they may differ between builds.
// Memory: 512 KiB at most.
class GzipText {
 public:
  using Sink = std::function<absl::Status(absl::string_view)>;

  explicit GzipText(Sink sink);
  ~GzipText();
  GzipText(const GzipText&) = delete;
  GzipText& operator=(const GzipText&) = delete;

  absl::Status Write(absl::string_view text);

  // The end of the stream.
  absl::Status Finish();

 private:
  struct Deflater;

  absl::Status Run(absl::string_view text, bool last);

  Sink sink_;
  std::unique_ptr<Deflater> deflater_;
};

}  // namespace cleat::tarsplit

#endif  // CLEAT_LIB_TARSPLIT_GZIP_TEXT_H_
