#include "lib/tarsplit/gzip_text.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#ifdef CLEAT_HAVE_ISAL
#include "isa-l/igzip_lib.h"
#else
#include <zlib.h>
#endif

#include "lib/base/status_macros.h"

namespace cleat::tarsplit {
namespace {

constexpr size_t kOutput = size_t{64} << 10;

}  // namespace

#ifdef CLEAT_HAVE_ISAL

struct GzipText::Deflater {
  Deflater() {
    isal_deflate_init(&stream);
    stream.gzip_flag = IGZIP_GZIP;
    stream.level = 1;
    stream.level_buf = level;
    stream.level_buf_size = sizeof(level);
  }

  void SetInput(absl::string_view text, bool last) {
    stream.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uint32_t>(text.size());
    stream.end_of_stream = last ? 1 : 0;
  }

  // Fills `output`; returns the bytes made.
  size_t Step(bool) {
    stream.next_out = output;
    stream.avail_out = sizeof(output);
    isal_deflate(&stream);
    return sizeof(output) - stream.avail_out;
  }

  isal_zstream stream;
  uint8_t level[ISAL_DEF_LVL1_DEFAULT];
  uint8_t output[kOutput];
};

#else

struct GzipText::Deflater {
  // Fails only for want of memory, and then nothing comes out.
  Deflater() {
    deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  }
  ~Deflater() { deflateEnd(&stream); }

  void SetInput(absl::string_view text, bool) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
  }

  size_t Step(bool last) {
    stream.next_out = output;
    stream.avail_out = sizeof(output);
    deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
    return sizeof(output) - stream.avail_out;
  }

  z_stream stream = {};
  Bytef output[kOutput];
};

#endif

GzipText::GzipText(Sink sink)
    : sink_(std::move(sink)), deflater_(std::make_unique<Deflater>()) {}

GzipText::~GzipText() = default;

absl::Status GzipText::Run(absl::string_view text, bool last) {
  deflater_->SetInput(text, last);
  size_t made;
  do {
    made = deflater_->Step(last);
    if (made == 0) break;
    CLEAT_RETURN_IF_ERROR(sink_(absl::string_view(
        reinterpret_cast<const char*>(deflater_->output), made)));
    // A full buffer: there may be more.
  } while (made == kOutput || deflater_->stream.avail_in > 0);
  return absl::OkStatus();
}

absl::Status GzipText::Write(absl::string_view text) {
  constexpr size_t kMost = size_t{1} << 30;
  while (!text.empty()) {
    const absl::string_view part = text.substr(0, kMost);
    CLEAT_RETURN_IF_ERROR(Run(part, false));
    text.remove_prefix(part.size());
  }
  return absl::OkStatus();
}

absl::Status GzipText::Finish() { return Run("", true); }

}  // namespace cleat::tarsplit
