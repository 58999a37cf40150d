#include "lib/journal/journal_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::journal {
namespace {

using ::testing::HasSubstr;

constexpr char kJournal[] =
    R"({"begun":{"bootId":"b","created":"2026-01-02T03:04:05Z","name":"web"}}
{"claim":{"pid":7,"startTime":1234}}
{"step":{"tool":"cgset","cgroup":"/c"}}
{"document":{"version":1,"old":true}}
{"step":{"tool":"rootfs-run","directory":"/d"}}
{"document":{"version":1}}
{"kept":true}
)";

TEST(JournalFileTest, EveryKindOfLineIsRead) {
  const JournalContents contents = *ParseJournal(kJournal, "journal");
  EXPECT_EQ(contents.header.name(), "web");
  EXPECT_EQ(contents.claims.at(0).pid(), 7);
  EXPECT_EQ(contents.steps.at(1).directory(), "/d");
  EXPECT_EQ(contents.document, R"({"version":1})");
  EXPECT_TRUE(contents.kept);
}

TEST(JournalFileTest, WhatIsWrittenAnewReadsTheSame) {
  const std::string text = FormatJournal(*ParseJournal(kJournal, "journal"));
  EXPECT_EQ(FormatJournal(*ParseJournal(text, "journal")), text);
  EXPECT_THAT(text, HasSubstr(R"({"document":{"version":1}})"));
}

TEST(JournalFileTest, LineThatWasCutOffDoesNotCount) {
  const std::string text = kJournal;
  for (size_t size = 0; size < text.size(); ++size) {
    const auto contents = ParseJournal(text.substr(0, size), "journal");
    EXPECT_TRUE(contents.ok() || absl::IsNotFound(contents.status()));
  }
}

TEST(JournalFileTest, WhatIsNoJournalIsRefused) {
  EXPECT_TRUE(absl::IsNotFound(ParseJournal("", "journal").status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(ParseJournal("no\n", "journal").status()));
  EXPECT_THAT(
      std::string(ParseJournal("{\"odd\":1}\n", "journal").status().message()),
      HasSubstr("journal.odd: unknown field"));
}

}  // namespace
}  // namespace cleat::journal
