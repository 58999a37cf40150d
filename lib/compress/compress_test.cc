#include "lib/compress/compress.h"

#include <libdeflate.h>
#include <unistd.h>
#include <zstd.h>

#include <string>

#include "gtest/gtest.h"
#include "lib/compress/byte_source.h"
#include "lib/compress/decompress.h"
#include "lib/digest/sha256.h"
#include "lib/testing/no_threads.h"

namespace cleat::compress {
namespace {

// Text-like, repeatable, of several blocks and jobs.
std::string Data(size_t size) {
  std::string data;
  data.reserve(size + 16);
  for (uint64_t state = 1; data.size() < size;) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    data += std::to_string(state >> 54);
    data += (state >> 60) == 3 ? '\n' : ' ';
  }
  data.resize(size);
  return data;
}

std::string Compress(const Compression& compression, absl::string_view data,
                     size_t piece = 100000) {
  std::string result;
  auto sink = MakeSink(compression, [&result](absl::string_view bytes) {
    result.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  });
  EXPECT_TRUE(sink.ok()) << sink.status();
  while (!data.empty()) {
    EXPECT_TRUE((*sink)->Write(data.substr(0, piece)).ok());
    data.remove_prefix(std::min(piece, data.size()));
  }
  EXPECT_TRUE((*sink)->Finish().ok());
  return result;
}

std::string Decompress(const std::string& data) {
  StringSource source(data);
  Decompressor decompressor(&source);
  std::string plain;
  char buffer[65536];
  while (const size_t count = *decompressor.Read(buffer, sizeof(buffer))) {
    plain.append(buffer, count);
  }
  return plain;
}

class CompressTest : public ::testing::TestWithParam<Format> {};

TEST_P(CompressTest, ComesOutAsItWentIn) {
  for (const size_t size : {0, 1, 524288, 524289, 5'000'000}) {
    const std::string data = Data(size);
    EXPECT_TRUE(Decompress(Compress({GetParam()}, data)) == data) << size;
  }
}

TEST_P(CompressTest, ThreadsAndPiecesDoNotMatter) {
  const std::string data = Data(5'000'000);
  const std::string one = Compress({GetParam(), 0, 1}, data);
  for (const int threads : {2, 3, 40}) {
    EXPECT_TRUE(Compress({GetParam(), 0, threads}, data) == one) << threads;
  }
  EXPECT_TRUE(Compress({GetParam(), 0, 2}, data, 3'000'000) == one);
}

TEST_P(CompressTest, OneThreadDoesAllWhereThereIsNoOther) {
  const std::string data = Data(5'000'000);
  const std::string one = Compress({GetParam(), 0, 1}, data);
  EXPECT_EXIT(
      {
        testing::HaveNoMoreThreads();
        _exit(Compress({GetParam(), 0, 2}, data) == one ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST_P(CompressTest, OutputErrorIsReturned) {
  const std::string data = Data(5'000'000);
  auto sink = *MakeSink({GetParam(), 0, 2}, [](absl::string_view) {
    return absl::ResourceExhaustedError("full");
  });
  absl::Status status = sink->Write(data);
  if (status.ok()) status = sink->Finish();
  EXPECT_EQ(status.message(), "full");
}

INSTANTIATE_TEST_SUITE_P(Formats, CompressTest,
                         ::testing::Values(Format::kPlain, Format::kGzip,
                                           Format::kZstd));

// These digests hold on every CPU: who changes a block's size changes the
// digest of every layer that people build again. So does another version of
// the library, which is why it is linked statically.
TEST(CompressedBytes, OfGzipAreThoseOfEverywhere) {
  if (absl::string_view(LIBDEFLATE_VERSION_STRING) != "1.14") {
    GTEST_SKIP() << "known of libdeflate 1.14, not "
                 << LIBDEFLATE_VERSION_STRING;
  }
  EXPECT_EQ(digest::Sha256Of(Compress({Format::kGzip}, Data(3'000'000))),
            "sha256:"
            "296f1f6683cd8b9ee3239ffa08a339c09369a41d81c9d96e3131097ed75174ab");
}

TEST(CompressedBytes, OfZstdAreThoseOfEverywhere) {
  if (ZSTD_versionNumber() != 10504) {
    GTEST_SKIP() << "known of zstd 1.5.4, not " << ZSTD_versionString();
  }
  EXPECT_EQ(digest::Sha256Of(Compress({Format::kZstd}, Data(3'000'000))),
            "sha256:"
            "6826f312aa312217d16c20362bd3d026b39cafe751e7e44b62fd9f304564c966");
}

TEST(Compress, LevelsAndFormatsAreChecked) {
  const auto nowhere = [](absl::string_view) { return absl::OkStatus(); };
  EXPECT_FALSE(MakeSink({Format::kGzip, 13}, nowhere).ok());
  EXPECT_FALSE(MakeSink({Format::kZstd, 20}, nowhere).ok());
  EXPECT_FALSE(MakeSink({Format::kGzip, -1}, nowhere).ok());
  EXPECT_EQ(*ParseFormat("zstd"), Format::kZstd);
  EXPECT_FALSE(ParseFormat("xz").ok());
}

TEST(Compress, HigherLevelsAreSmaller) {
  const std::string data = Data(300'000);
  EXPECT_LT(Compress({Format::kGzip, 9}, data).size(),
            Compress({Format::kGzip, 1}, data).size());
  EXPECT_LT(Compress({Format::kZstd, 9}, data).size(),
            Compress({Format::kZstd, 1}, data).size());
}

}  // namespace
}  // namespace cleat::compress
