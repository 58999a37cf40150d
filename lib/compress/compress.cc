#include "lib/compress/compress.h"

#include <sched.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/compress/gzip_sink.h"
#include "lib/compress/zstd_sink.h"

namespace cleat::compress {
namespace {

// What is in flight stays below 64 MB: 29 and some 50 MB are.
constexpr int kMostGzipThreads = 16;
constexpr int kMostZstdThreads = 8;

class Plain : public Sink {
 public:
  explicit Plain(Output output) : output_(std::move(output)) {}
  absl::Status Write(absl::string_view data) override { return output_(data); }
  absl::Status Finish() override { return absl::OkStatus(); }

 private:
  Output output_;
};

int CpuCount() {
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof(cpus), &cpus) != 0) return 1;
  return std::max(1, CPU_COUNT(&cpus));
}

}  // namespace

absl::StatusOr<Format> ParseFormat(absl::string_view text) {
  for (const Format format : {Format::kPlain, Format::kGzip, Format::kZstd}) {
    if (text == FormatName(format)) return format;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("compression '", text, "': give none, gzip or zstd"));
}

absl::StatusOr<std::unique_ptr<Sink>> MakeSink(const Compression& compression,
                                               Output output) {
  const int threads =
      compression.threads > 0 ? compression.threads : CpuCount();
  const auto level = [&compression](int usual) {
    return compression.level != 0 ? compression.level : usual;
  };
  switch (compression.format) {
    case Format::kGzip:
      return GzipSink(level(kGzipDefaultLevel),
                      std::min(threads, kMostGzipThreads), std::move(output));
    case Format::kZstd:
      return ZstdSink(level(kZstdDefaultLevel),
                      std::min(threads, kMostZstdThreads), std::move(output));
    case Format::kPlain:
      break;
  }
  return std::unique_ptr<Sink>(new Plain(std::move(output)));
}

}  // namespace cleat::compress
