#include "lib/log/reader.h"

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/log/file.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::log {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Entry number N is of second N of 1970; two fit into a file.
constexpr Options kTwoEach = {/*keep=*/true, /*max_size=*/80, /*max_files=*/3};

std::string Object(int number) {
  return absl::StrCat(R"({"log":")", number, R"(\n","stream":"stdout",)",
                      R"("time":")",
                      FormatTimestamp(absl::FromUnixSeconds(number)), "\"}\n");
}

class ReaderTest : public ::testing::Test {
 protected:
  void Write(int first, int last, const Options& options = {}) {
    File file = *File::Open(path_, options);
    for (int number = first; number <= last; ++number) {
      ASSERT_TRUE(file.Append(Object(number)).ok());
    }
  }

  std::vector<std::string> Read(const Selection& selection) {
    seen_.clear();
    const absl::Status status = Replay(path_, selection, collect_);
    EXPECT_TRUE(status.ok()) << status;
    return seen_;
  }

  std::vector<std::string> Tail(int64_t count) {
    Selection selection;
    selection.tail = count;
    return Read(selection);
  }

  testing::ScopedTempDir directory_;
  std::string path_ = directory_.Path("log");
  std::vector<std::string> seen_;
  std::function<absl::Status(const Entry&)> collect_ =
      [this](const Entry& entry) {
        seen_.push_back(entry.text.substr(0, entry.text.size() - 1));
        return absl::OkStatus();
      };
};

TEST_F(ReaderTest, OlderFilesComeFirst) {
  Write(1, 6, kTwoEach);
  EXPECT_TRUE(sys::Exists(path_ + ".2"));
  EXPECT_THAT(Read({}), ElementsAre("1", "2", "3", "4", "5", "6"));
}

TEST_F(ReaderTest, OnlySoManyFilesAreKept) {
  Write(1, 9, kTwoEach);
  EXPECT_FALSE(sys::Exists(path_ + ".3"));
  EXPECT_FALSE(sys::Exists(path_ + ".new"));
  EXPECT_THAT(Read({}), ElementsAre("5", "6", "7", "8", "9"));
}

TEST_F(ReaderTest, OneFileBeginsAnew) {
  Options options = kTwoEach;
  options.max_files = 1;
  Write(1, 3, options);
  EXPECT_THAT(Read({}), ElementsAre("3"));
}

TEST_F(ReaderTest, TailIsOfAllFiles) {
  Write(1, 6, kTwoEach);
  EXPECT_THAT(Tail(0), IsEmpty());
  EXPECT_THAT(Tail(1), ElementsAre("6"));
  EXPECT_THAT(Tail(2), ElementsAre("5", "6"));
  EXPECT_THAT(Tail(3), ElementsAre("4", "5", "6"));
  EXPECT_THAT(Tail(6), ElementsAre("1", "2", "3", "4", "5", "6"));
  EXPECT_THAT(Tail(100), ElementsAre("1", "2", "3", "4", "5", "6"));
}

TEST_F(ReaderTest, TailOfALongFileIsRightInEachBlock) {
  Write(1, 3000);
  for (const int64_t count : {1, 999, 1000, 2999, 3000}) {
    const std::vector<std::string> seen = Tail(count);
    ASSERT_EQ(seen.size(), count);
    EXPECT_EQ(seen.front(), absl::StrCat(3000 - count + 1));
  }
}

TEST_F(ReaderTest, TailCountsNoLineWithoutEnd) {
  Write(1, 2);
  ASSERT_TRUE(File::Open(path_, {})->Append("{\"log").ok());
  EXPECT_THAT(Tail(1), ElementsAre("2"));
}

TEST_F(ReaderTest, TimesAreBothInclusive) {
  Write(1, 5);
  Selection selection;
  selection.since = absl::FromUnixSeconds(2);
  selection.until = absl::FromUnixSeconds(4);
  EXPECT_THAT(Read(selection), ElementsAre("2", "3", "4"));
  // Of the last four those since second 4, as docker logs.
  selection.tail = 4;
  selection.since = absl::FromUnixSeconds(4);
  EXPECT_THAT(Read(selection), ElementsAre("4"));
}

TEST_F(ReaderTest, AbsentLogIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(Replay(path_, {}, collect_)));
}

// The sink is where the test knows that the reader has come so far: the next
// object is written only then, by another process, as in life.
class FollowTest : public ReaderTest {
 protected:
  // Runs `write` in a process that then ends, and follows until it has.
  void FollowWhile(const std::function<void()>& write) {
    const pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      write();
      _exit(0);
    }
    const sys::Fd writer = *sys::OpenPidfd(pid);
    const absl::Status status = Follow(path_, {}, writer.get(), collect_);
    EXPECT_TRUE(status.ok()) << status;
    waitpid(pid, nullptr, 0);
  }
};

TEST_F(FollowTest, EndsAfterTheLastWordOfItsWriter) {
  Write(1, 1);
  FollowWhile([&] { Write(2, 5); });
  EXPECT_THAT(seen_, ElementsAre("1", "2", "3", "4", "5"));
}

TEST_F(FollowTest, MissesNothingWhileFilesTakeEachOthersPlaces) {
  Options options = kTwoEach;
  options.max_files = 100;
  Write(1, 1, options);
  FollowWhile([&] { Write(2, 150, options); });
  ASSERT_EQ(seen_.size(), 150U);
  for (int i = 0; i < 150; ++i) EXPECT_EQ(seen_[i], absl::StrCat(i + 1));
}

TEST_F(FollowTest, GoesOnWhereFilesAreGone) {
  Write(1, 1);
  Options options = kTwoEach;
  options.max_files = 1;
  FollowWhile([&] { Write(2, 200, options); });
  ASSERT_FALSE(seen_.empty());
  EXPECT_EQ(seen_.back(), "200");
}

}  // namespace
}  // namespace cleat::log
