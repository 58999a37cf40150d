#include "lib/tarsplit/split_file.h"

#include "gtest/gtest.h"
#include "lib/compress/decompress.h"
#include "lib/compress/test_data.h"
#include "lib/tar/reader.h"
#include "lib/tar/test_archive.h"
#include "lib/tarsplit/joiner.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::tarsplit {
namespace {

absl::Status Split(const std::string& archive, SplitFile& file) {
  tar::StringChunks chunks(archive);
  tar::Reader reader(&chunks, file.tap());
  tar::Entry entry;
  absl::StatusOr<bool> more = reader.Next(&entry);
  while (more.ok() && *more) more = reader.Next(&entry);
  if (!more.ok()) return more.status();
  const absl::Status drained = reader.Drain();
  return drained.ok() ? file.Finish() : drained;
}

TEST(SplitFileTest, TheFileIsGzipOfTheText) {
  std::vector<tar::EntryWithData> entries;
  for (int i = 0; i < 2000; ++i) {
    entries.push_back({tar::File("file" + std::to_string(i)),
                       compress::SampleData(static_cast<size_t>(i))});
  }
  const std::string archive = tar::MakeArchive(entries);
  const testing::ScopedTempDir dir;
  auto file = SplitFile::Create(dir.Path("split.gz"), Data::kInSplit);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE(Split(archive, **file).ok());
  const std::string bytes = dir.Read("split.gz");
  EXPECT_LT(bytes.size(), archive.size());
  compress::StringSource source(bytes);
  compress::Decompressor plain(&source);
  std::string joined;
  const absl::Status status = Join(
      &plain, [](const std::string&) { return absl::NotFoundError("no file"); },
      [&joined](absl::string_view part) {
        joined.append(part.data(), part.size());
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(joined == archive);
}

TEST(SplitFileTest, AFullDiskIsTold) {
  auto file = SplitFile::Create("/dev/full", Data::kInTree);
  ASSERT_TRUE(file.ok()) << file.status();
  const absl::Status status =
      Split(tar::MakeArchive({{tar::File("a"), "data"}}), **file);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
}

}  // namespace
}  // namespace cleat::tarsplit
