#include "lib/compress/gzip_sink.h"

#include <libdeflate.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/compress/block_pool.h"

namespace cleat::compress {
namespace {

// Part of the format: another size gives other bytes.
constexpr size_t kBlockSize = 512 << 10;

constexpr int kLastLevel = 12;

// Shared, as a std::function is copied; each thread has one of its own.
using Compressor = std::shared_ptr<libdeflate_compressor>;

absl::Status CompressBlock(libdeflate_compressor* compressor,
                           absl::string_view block, std::string* result) {
  result->resize(libdeflate_gzip_compress_bound(compressor, kBlockSize));
  const size_t size = libdeflate_gzip_compress(
      compressor, block.data(), block.size(), &(*result)[0], result->size());
  if (size == 0) return absl::InternalError("compress: block does not fit");
  result->resize(size);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sink>> GzipSink(int level, int threads,
                                               Output output) {
  if (level < 1 || level > kLastLevel) {
    return absl::InvalidArgumentError(absl::StrCat(
        "gzip level ", level, ": give a number from 1 to ", kLastLevel));
  }
  std::vector<BlockPool::Encoder> encoders;
  encoders.reserve(static_cast<size_t>(threads));
  for (int i = 0; i < threads; ++i) {
    Compressor compressor(libdeflate_alloc_compressor(level),
                          libdeflate_free_compressor);
    if (compressor == nullptr) {
      return absl::ResourceExhaustedError("compress: out of memory");
    }
    encoders.emplace_back(
        [compressor](absl::string_view block, std::string* result) {
          return CompressBlock(compressor.get(), block, result);
        });
  }
  return std::unique_ptr<Sink>(
      new BlockPool(kBlockSize, std::move(encoders), std::move(output)));
}

}  // namespace cleat::compress
