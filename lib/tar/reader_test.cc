#include "lib/tar/reader.h"

#include <cstdlib>
#include <map>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/status_macros.h"
#include "lib/sys/file.h"
#include "lib/tar/test_archive.h"

namespace cleat::tar {
namespace {

using ::testing::HasSubstr;

struct Read {
  Entry entry;
  std::string data;  // Holes are zeros.
};
using Archive = std::map<std::string, Read>;

absl::StatusOr<std::string> ReadData(Reader& reader, const Entry& entry) {
  std::string data(static_cast<size_t>(entry.size), '\0');
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const Reader::Piece piece, reader.Data());
    if (piece.bytes.empty()) return data;
    data.replace(static_cast<size_t>(piece.offset), piece.bytes.size(),
                 piece.bytes.data(), piece.bytes.size());
  }
}

absl::StatusOr<Archive> ReadArchive(absl::string_view bytes,
                                    size_t piece = 1 << 20) {
  StringChunks chunks(bytes, piece);
  Reader reader(&chunks);
  Archive archive;
  Entry entry;
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const bool more, reader.Next(&entry));
    if (!more) break;
    CLEAT_ASSIGN_OR_RETURN(std::string data, ReadData(reader, entry));
    archive[entry.name] = {entry, std::move(data)};
  }
  CLEAT_RETURN_IF_ERROR(reader.Drain());
  return archive;
}

std::string Fixture(const std::string& name) {
  return *sys::ReadFile("lib/tar/testdata/" + name);
}

// An archive of one empty file, whose header a test then spoils.
std::string OneFile() { return MakeArchive({{File("name"), ""}}); }

class GnuTarTest : public ::testing::TestWithParam<const char*> {};

TEST_P(GnuTarTest, WholeTreeIsRead) {
  const absl::StatusOr<Archive> archive = ReadArchive(Fixture(GetParam()), 700);
  ASSERT_TRUE(archive.ok()) << archive.status();
  EXPECT_EQ(archive->size(), 8);
  const Archive& files = *archive;
  EXPECT_EQ(files.at("d/").entry.type, Type::kDirectory);
  EXPECT_EQ(files.at("d/file").data, "data");
  EXPECT_EQ(files.at("d/file").entry.uid, 1000);
  EXPECT_EQ(files.at("d/file").entry.mtime.tv_sec, 1500000000);
  EXPECT_EQ(files.at("d/hard").entry.type, Type::kHardLink);
  EXPECT_EQ(files.at("d/hard").entry.link, "d/file");
  EXPECT_EQ(files.at("d/soft").entry.link, "file");
  EXPECT_EQ(files.at("d/" + std::string(150, 'n')).data, "long\n");
  EXPECT_EQ(files.at("d/longlink").entry.link, std::string(300, 'n'));
  EXPECT_EQ(files.at("d/fifo").entry.type, Type::kFifo);
}

TEST_P(GnuTarTest, SparseFileKeepsItsHoles) {
  const absl::StatusOr<Archive> archive = ReadArchive(Fixture(GetParam()));
  ASSERT_TRUE(archive.ok()) << archive.status();
  const Read& sparse = archive->at("d/sparse");
  EXPECT_TRUE(sparse.entry.sparse);
  std::string expected(3 << 20, '\0');
  expected.replace(0, 5, "begin");
  expected.replace(1 << 20, 6, "middle");
  EXPECT_TRUE(sparse.data == expected);
}

INSTANTIATE_TEST_SUITE_P(Formats, GnuTarTest,
                         ::testing::Values("gnu.tar", "oldgnu.tar",
                                           "pax-sparse-0.0.tar",
                                           "pax-sparse-0.1.tar",
                                           "pax-sparse-1.0.tar"));

TEST(ReaderTest, V7Archive) {
  const absl::StatusOr<Archive> archive = ReadArchive(Fixture("v7.tar"));
  ASSERT_TRUE(archive.ok()) << archive.status();
  EXPECT_EQ(archive->at("d/file").data, "data");
  EXPECT_EQ(archive->at("d/soft").entry.type, Type::kSymlink);
}

TEST(ReaderTest, UstarPrefixBelongsToTheName) {
  const absl::StatusOr<Archive> archive = ReadArchive(Fixture("ustar.tar"));
  ASSERT_TRUE(archive.ok()) << archive.status();
  EXPECT_EQ(archive->count("d/file"), 1);
}

TEST(ReaderTest, UnreadDataIsSkipped) {
  const std::string bytes =
      MakeArchive({{File("a"), std::string(5000, 'x')}, {File("b"), "y"}});
  StringChunks chunks(bytes, 100);
  Reader reader(&chunks);
  Entry entry;
  ASSERT_TRUE(*reader.Next(&entry));
  ASSERT_TRUE(reader.Data().ok());
  ASSERT_TRUE(*reader.Next(&entry));
  EXPECT_EQ(entry.name, "b");
  EXPECT_FALSE(*reader.Next(&entry));
}

TEST(ReaderTest, CutBetweenEntriesOnlyLosesEntries) {
  const std::string bytes = MakeArchive({{File("a"), "x"}, {File("b"), ""}});
  EXPECT_EQ(ReadArchive(bytes.substr(0, 1024))->size(), 1);
}

TEST(ReaderTest, CutElsewhereIsDataLoss) {
  const std::string bytes =
      MakeArchive({{File("a"), "x"}, {File("\xc3\xa4"), "y"}});
  for (size_t size = 1; size < bytes.size() - 1024; ++size) {
    if (size == 1024) continue;
    const absl::Status status = ReadArchive(bytes.substr(0, size)).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << size << ": " << status;
  }
}

TEST(ReaderTest, WrongChecksumNamesThePosition) {
  std::string bytes = MakeArchive({{File("a"), "x"}, {File("b"), ""}});
  bytes[1024] = 'c';
  const absl::Status status = ReadArchive(bytes).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("tar header at byte 1024: checksum"));
}

TEST(ReaderTest, LoneZeroBlockIsRefused) {
  const std::string bytes = std::string(kBlockSize, '\0') + OneFile();
  EXPECT_TRUE(absl::IsDataLoss(ReadArchive(bytes).status()));
}

TEST(ReaderTest, BytesAfterTheEndAreIgnored) {
  EXPECT_TRUE(ReadArchive(OneFile() + "anything").ok());
}

TEST(ReaderTest, NoBytesAreAnEmptyArchive) {
  EXPECT_TRUE(ReadArchive("")->empty());
}

TEST(ReaderTest, UnknownTypeIsRefused) {
  std::string bytes = OneFile();
  bytes[offsetof(Header, type)] = 'M';
  EXPECT_TRUE(absl::IsDataLoss(ReadArchive(Resealed(bytes)).status()));
}

TEST(ReaderTest, HugeExtendedHeaderIsRefusedBeforeMemoryIsTaken) {
  std::string bytes = OneFile();
  bytes[offsetof(Header, type)] = 'x';
  memcpy(&bytes[offsetof(Header, size)], "77777777777", 11);
  const absl::Status status = ReadArchive(Resealed(bytes)).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("extended header of"));
}

TEST(ReaderTest, NegativeSizeIsRefused) {
  std::string bytes = OneFile();
  memset(&bytes[offsetof(Header, size)], 0xff, 12);
  EXPECT_TRUE(absl::IsDataLoss(ReadArchive(Resealed(bytes)).status()));
}

TEST(ReaderTest, OwnerThatChownWouldIgnoreIsRefused) {
  std::string bytes = OneFile();
  memset(&bytes[offsetof(Header, uid)], 0xff, 8);
  EXPECT_TRUE(absl::IsDataLoss(ReadArchive(Resealed(bytes)).status()));
}

}  // namespace
}  // namespace cleat::tar
