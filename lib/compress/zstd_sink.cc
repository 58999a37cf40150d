#include "lib/compress/zstd_sink.h"

#include <zstd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/compress/block_pool.h"

namespace cleat::compress {
namespace {

// Part of the format: another size gives other bytes.
constexpr size_t kBlockSize = 2 << 20;

// Those above need a reader's consent (--ultra).
constexpr int kLastLevel = 19;

// Shared, as a std::function is copied; each thread has one of its own.
using Context = std::shared_ptr<ZSTD_CCtx>;

absl::Status CompressBlock(ZSTD_CCtx* context, absl::string_view block,
                           std::string* result) {
  result->resize(ZSTD_compressBound(kBlockSize));
  const size_t size = ZSTD_compress2(context, &(*result)[0], result->size(),
                                     block.data(), block.size());
  if (ZSTD_isError(size)) {
    return absl::InternalError(
        absl::StrCat("compress: zstd: ", ZSTD_getErrorName(size)));
  }
  result->resize(size);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sink>> ZstdSink(int level, int threads,
                                               Output output) {
  if (level < 1 || level > kLastLevel) {
    return absl::InvalidArgumentError(absl::StrCat(
        "zstd level ", level, ": give a number from 1 to ", kLastLevel));
  }
  std::vector<BlockPool::Encoder> encoders;
  encoders.reserve(static_cast<size_t>(threads));
  for (int i = 0; i < threads; ++i) {
    Context context(ZSTD_createCCtx(), ZSTD_freeCCtx);
    if (context == nullptr) {
      return absl::ResourceExhaustedError("compress: out of memory");
    }
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    encoders.emplace_back(
        [context](absl::string_view block, std::string* result) {
          return CompressBlock(context.get(), block, result);
        });
  }
  return std::unique_ptr<Sink>(
      new BlockPool(kBlockSize, std::move(encoders), std::move(output)));
}

}  // namespace cleat::compress
