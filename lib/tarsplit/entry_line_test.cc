#include "lib/tarsplit/entry_line.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::tarsplit {
namespace {

using ::testing::HasSubstr;

std::string FileLine(absl::string_view name) {
  std::string line;
  AppendFile(name, 3, "12345678", 7, &line);
  return line;
}

TEST(EntryLineTest, LinesAreGos) {
  std::string line;
  AppendSegment("\x01\x02", 0, &line);
  AppendFile("etc/", 0, "", 1, &line);
  AppendSegment("", 2, &line, Missing::kYes);
  EXPECT_EQ(line,
            "{\"type\":2,\"payload\":\"AQI=\",\"position\":0}\n"
            "{\"type\":1,\"name\":\"etc/\",\"payload\":null,\"position\":1}\n"
            "{\"type\":2,\"payload\":null,\"position\":2}\n");
  EXPECT_EQ(FileLine("a"),
            "{\"type\":1,\"name\":\"a\",\"size\":3,"
            "\"payload\":\"MTIzNDU2Nzg=\",\"position\":7}\n");
}

TEST(EntryLineTest, NamesAreEscapedAsGoDoes) {
  EXPECT_THAT(FileLine("a\"\\<>&\n\r\t\x01\x7f\xc3\xa9\xe2\x80\xa8"),
              HasSubstr("\"a\\\"\\\\\\u003c\\u003e\\u0026\\n\\r\\t\\u0001\x7f"
                        "\xc3\xa9\\u2028\""));
  EXPECT_THAT(FileLine("caf\xe9"), HasSubstr("\"name_raw\":\"Y2Fm6Q==\","));
}

TEST(EntryLineTest, WhatIsWrittenIsRead) {
  for (const std::string name :
       {"a/b", "caf\xe9", "\xe2\x80\xa9<", "\xc3\xa9"}) {
    const absl::StatusOr<Line> line = ParseLine(FileLine(name), 7);
    ASSERT_TRUE(line.ok()) << line.status();
    EXPECT_EQ(line->name, name);
    EXPECT_EQ(line->size, 3);
    EXPECT_EQ(line->payload, "12345678");
  }
}

TEST(EntryLineTest, WhatIsNoEntryIsNamed) {
  struct Case {
    const char* text;
    const char* reason;
  };
  for (const Case& bad : std::initializer_list<Case>{
           {"", "document is empty"},
           {"[]", "no JSON object"},
           {"{}", "type 0"},
           {R"({"type":3})", "type 3"},
           {R"({"type":"2"})", "type is no whole number"},
           {R"({"type":2,"position":1})", "position is 1"},
           {R"({"type":2,"payload":7})", "payload is no string"},
           {R"({"type":2,"payload":"*"})", "payload is not base64"},
           {R"({"type":1,"payload":null})", "a file without a name"},
           {R"({"type":1,"name":"a","size":-1})", "size is no whole number"},
           {R"({"type":1,"name":"a","size":1})", "without its checksum"}}) {
    const absl::Status status = ParseLine(bad.text, 0).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << bad.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("tar-split: entry 0"));
    EXPECT_THAT(std::string(status.message()), HasSubstr(bad.reason));
  }
}

}  // namespace
}  // namespace cleat::tarsplit
