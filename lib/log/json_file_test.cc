#include "lib/log/json_file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/log/reader.h"
#include "lib/sys/file.h"

namespace cleat::log {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(::testing::TempDir(), "/log.", getpid());
    file_ = *sys::Open(path_, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND);
  }
  void TearDown() override { unlink(path_.c_str()); }

  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    const absl::Status status = Replay(path_, [&](const Entry& entry) {
      texts.push_back(absl::StrCat(
          entry.stream == Stream::kStderr ? "2:" : "1:", entry.text));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return texts;
  }

  std::string path_;
  sys::Fd file_;
};

TEST_F(LogTest, ObjectsAreDockers) {
  Writer writer(file_.get(), Stream::kStdout);
  ASSERT_TRUE(writer.Write("a \"quoted\" line\n").ok());
  const std::string text = *sys::ReadFile(path_);
  const std::string begin =
      R"({"log":"a \"quoted\" line\n","stream":"stdout","time":"20)";
  EXPECT_THAT(text, StartsWith(begin));
  EXPECT_EQ(text.size(),
            strlen("26-11-23T20:01:23.935006491Z\"}\n") + begin.size());
}

TEST_F(LogTest, LinesOfTwoStreamsAreKeptApart) {
  Writer out(file_.get(), Stream::kStdout);
  Writer err(file_.get(), Stream::kStderr);
  ASSERT_TRUE(out.Write("one\ntw").ok());
  ASSERT_TRUE(err.Write("error\n").ok());
  ASSERT_TRUE(out.Write("o\nrest").ok());
  ASSERT_TRUE(out.Flush().ok());
  ASSERT_TRUE(out.Flush().ok());
  EXPECT_THAT(Texts(),
              ElementsAre("1:one\n", "2:error\n", "1:two\n", "1:rest"));
}

TEST_F(LogTest, LongLineIsCutBetweenCharactersAndReadWhole) {
  Writer writer(file_.get(), Stream::kStdout);
  std::string line = "x";
  while (line.size() < 40000) line += "\xc3\xa4";
  line += '\n';
  ASSERT_TRUE(writer.Write(line).ok());
  std::string joined;
  for (const std::string& text : Texts()) joined += text.substr(2);
  EXPECT_EQ(joined, line);
}

TEST_F(LogTest, NulBytesSurvive) {
  Writer writer(file_.get(), Stream::kStdout);
  ASSERT_TRUE(writer.Write(absl::string_view("a\0b\n", 4)).ok());
  EXPECT_THAT(Texts(), ElementsAre(std::string("1:a\0b\n", 6)));
}

TEST_F(LogTest, IncompleteLastLineIsLeftOut) {
  ASSERT_TRUE(sys::WriteAll(file_.get(),
                            "{\"log\":\"a\",\"stream\":\"stdout\"}\n{\"log", "")
                  .ok());
  EXPECT_THAT(Texts(), ElementsAre("1:a"));
}

TEST_F(LogTest, DamagedLineIsDataLoss) {
  for (const char* line : {"", "[]", "{}", "{\"log\":1,\"stream\":\"x\"}"}) {
    EXPECT_TRUE(absl::IsDataLoss(ParseEntry(line).status())) << line;
  }
}

TEST_F(LogTest, FollowingEndsAfterWhatWasWrittenBeforeTheEnd) {
  Writer writer(file_.get(), Stream::kStdout);
  ASSERT_TRUE(writer.Write("first\n").ok());
  std::string seen;
  int asked = 0;
  const absl::Status status = Follow(
      path_,
      [&](const Entry& entry) {
        seen += entry.text;
        return absl::OkStatus();
      },
      [&] {
        if (++asked == 2) writer.Write("last\n").IgnoreError();
        return asked == 2;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(seen, "first\nlast\n");
}

}  // namespace
}  // namespace cleat::log
