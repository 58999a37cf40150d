#include "lib/layer/blob.h"

#include <fcntl.h>
#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/compress/test_data.h"
#include "lib/digest/sha256.h"
#include "lib/sys/file.h"

namespace cleat::layer {
namespace {

using ::testing::HasSubstr;

class BlobTest : public ::testing::TestWithParam<size_t> {
 protected:
  void SetUp() override {
    plain_ = compress::SampleData(GetParam());
    compressed_ = compress::GzipForTest(plain_);
    path_ = ::testing::TempDir() + "/blob_test";
    ASSERT_TRUE(sys::WriteFileAtomic(path_, "xx" + compressed_ + "yyy").ok());
    location_ = {path_, 2, static_cast<int64_t>(compressed_.size())};
  }
  void TearDown() override { unlink(path_.c_str()); }

  absl::StatusOr<Summary> Read(const Expected& expected) {
    absl::StatusOr<std::unique_ptr<Blob>> blob =
        Blob::Open(location_, expected);
    if (!blob.ok()) return blob.status();
    return (*blob)->Finish();
  }

  std::string plain_;
  std::string compressed_;
  std::string path_;
  BlobLocation location_;
};

TEST_P(BlobTest, BothDigestsAndSizesComeOfOnePass) {
  const absl::StatusOr<Summary> summary = Read({});
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->diff_id, digest::Sha256Of(plain_));
  EXPECT_EQ(summary->digest, digest::Sha256Of(compressed_));
  EXPECT_EQ(summary->size, compressed_.size());
  EXPECT_EQ(summary->plain_size, plain_.size());
  EXPECT_EQ(summary->format, compress::Format::kGzip);
}

TEST_P(BlobTest, PlainBytesAreTheirOwnDiffId) {
  ASSERT_TRUE(sys::WriteFileAtomic(path_, plain_).ok());
  location_ = {path_};
  const absl::StatusOr<Summary> summary = Read({});
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->diff_id, digest::Sha256Of(plain_));
  EXPECT_EQ(summary->digest, summary->diff_id);
}

TEST_P(BlobTest, WhatIsNotAsPromisedIsDataLossAndNamed) {
  Expected expected;
  expected.diff_id = digest::Sha256Of("other");
  EXPECT_THAT(std::string(Read(expected).status().message()),
              HasSubstr("DiffID is"));
  expected = {};
  expected.digest = digest::Sha256Of("other");
  EXPECT_TRUE(absl::IsDataLoss(Read(expected).status()));
  expected = {};
  expected.size = 1;
  EXPECT_TRUE(absl::IsDataLoss(Read(expected).status()));
}

TEST_P(BlobTest, TooLargeIsRefused) {
  Expected expected;
  expected.max_plain_size = static_cast<int64_t>(plain_.size()) - 1;
  EXPECT_TRUE(absl::IsResourceExhausted(Read(expected).status()));
}

TEST_P(BlobTest, FileThatEndsTooEarlyIsDataLoss) {
  location_.size += 10;
  EXPECT_TRUE(absl::IsDataLoss(Read({}).status()));
  location_ = {path_, 1 << 30};
  EXPECT_TRUE(absl::IsDataLoss(Read({}).status()));
}

TEST_P(BlobTest, DescriptorsAreReadToTheirEnd) {
  ASSERT_TRUE(sys::WriteFileAtomic(path_, compressed_).ok());
  const sys::Fd fd = *sys::Open(path_, O_RDONLY);
  const absl::StatusOr<Summary> summary =
      Blob::FromDescriptor(fd.get())->Finish();
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->diff_id, digest::Sha256Of(plain_));
}

// The large one is read on a second thread.
INSTANTIATE_TEST_SUITE_P(Sizes, BlobTest, ::testing::Values(1000, 3000000));

}  // namespace
}  // namespace cleat::layer
