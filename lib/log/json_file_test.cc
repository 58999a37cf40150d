#include "lib/log/json_file.h"

#include <unistd.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/log/reader.h"
#include "lib/sys/file.h"

namespace cleat::log {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(::testing::TempDir(), "/log.", getpid());
    unlink(path_.c_str());
    file_ = std::make_unique<File>(*File::Open(path_, {}));
  }
  void TearDown() override { unlink(path_.c_str()); }

  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    const absl::Status status = Replay(path_, {}, [&](const Entry& entry) {
      texts.push_back(absl::StrCat(
          entry.stream == Stream::kStderr ? "2:" : "1:", entry.text));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return texts;
  }

  std::string path_;
  std::unique_ptr<File> file_;
};

TEST_F(LogTest, ObjectsAreDockers) {
  Writer writer(file_.get(), Stream::kStdout);
  ASSERT_TRUE(writer.Write("a \"quoted\" line\n").ok());
  const std::string text = *sys::ReadFile(path_);
  // Without zeros at the end of the time: Go's RFC3339Nano.
  EXPECT_THAT(text, MatchesRegex(R"(\{"log":"a \\"quoted\\" line\\n",)"
                                 R"("stream":"stdout","time":"20[0-9-]{8}T)"
                                 R"([0-9:]{8}(\.[0-9]{0,8}[1-9])?Z"\}.)"));
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
  ASSERT_TRUE(file_
                  ->Append("{\"log\":\"a\",\"stream\":\"stdout\",\"time\":"
                           "\"2024-05-06T07:08:09Z\"}\n{\"log")
                  .ok());
  EXPECT_THAT(Texts(), ElementsAre("1:a"));
}

TEST_F(LogTest, DamagedLineIsDataLoss) {
  for (const char* line :
       {"", "[]", "{}",
        R"({"log":1,"stream":"x","time":"2024-05-06T07:08:09Z"})",
        R"({"log":"a","stream":"stdout"})",
        R"({"log":"a","stream":"stdout","time":"today"})"}) {
    EXPECT_TRUE(absl::IsDataLoss(ParseEntry(line).status())) << line;
  }
}

}  // namespace
}  // namespace cleat::log
