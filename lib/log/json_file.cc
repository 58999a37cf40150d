#include "lib/log/json_file.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/pb/json.h"

namespace cleat::log {
namespace {

// Docker's size of a piece.
constexpr size_t kMaxPiece = size_t{16} << 10;

constexpr absl::string_view Name(Stream stream) {
  return stream == Stream::kStdout ? "stdout" : "stderr";
}

// Where to cut `text` so that no UTF-8 sequence is broken: before a lead byte
// among its last three.
size_t CutAt(absl::string_view text) {
  size_t cut = kMaxPiece;
  while (cut > kMaxPiece - 4 &&
         (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) {
    --cut;
  }
  return cut;
}

}  // namespace

absl::Status Writer::Write(absl::string_view bytes) {
  absl::StrAppend(&line_, bytes);
  absl::string_view rest = line_;
  while (true) {
    const size_t newline = rest.substr(0, kMaxPiece).find('\n');
    size_t count;
    if (newline != absl::string_view::npos) {
      count = newline + 1;
    } else if (rest.size() > kMaxPiece) {
      count = CutAt(rest);
    } else {
      break;
    }
    CLEAT_RETURN_IF_ERROR(Emit(rest.substr(0, count)));
    rest.remove_prefix(count);
  }
  line_ = std::string(rest);
  return absl::OkStatus();
}

absl::Status Writer::Flush() {
  if (line_.empty()) return absl::OkStatus();
  const std::string last = std::exchange(line_, "");
  return Emit(last);
}

// One write for an object, so that the streams do not mix. The time has no
// zeros at its end, as Go's RFC3339Nano.
absl::Status Writer::Emit(absl::string_view text) {
  std::string object = "{\"log\":";
  pb::AppendJsonString(text, &object);
  absl::StrAppend(&object, ",\"stream\":\"", Name(stream_), "\",\"time\":\"",
                  absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E*SZ", absl::Now(),
                                   absl::UTCTimeZone()),
                  "\"}\n");
  return file_->Append(object);
}

}  // namespace cleat::log
