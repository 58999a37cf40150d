#include "lib/base/json.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::base {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr char kText[] = R"({
  "name": "caf\u00e9", "size": 9007199254740993, "none": null, "on": true,
  "config": {"args": ["a", "b"], "set": {"8080/tcp": {}},
             "labels": {"k": "v"}, "list": [{"n": 1}, {"n": "x"}]}})";

class JsonTest : public ::testing::Test {
 protected:
  JsonDocument document_ = *JsonDocument::Parse(kText, "f.json");
  JsonObject root_ = *document_.Object();
};

TEST_F(JsonTest, ReadsEveryType) {
  EXPECT_EQ(*root_.String("name"), "caf\xc3\xa9");
  EXPECT_EQ(*root_.Int("size"), 9007199254740993);
  EXPECT_TRUE(*root_.OptionalBool("on"));
  const JsonObject config = *root_.Object("config");
  EXPECT_THAT(*config.Strings("args"), ElementsAre("a", "b"));
  EXPECT_THAT(*config.Keys("set"), ElementsAre("8080/tcp"));
  EXPECT_THAT(*config.StringMap("labels"), ElementsAre(Pair("k", "v")));
  EXPECT_EQ((*config.ObjectMap("set"))[0].first, "8080/tcp");
}

TEST_F(JsonTest, NullAndAbsentAreTheSame) {
  for (const char* key : {"none", "absent"}) {
    EXPECT_FALSE(root_.Has(key));
    EXPECT_EQ(*root_.OptionalString(key), "");
    EXPECT_FALSE(*root_.OptionalBool(key));
    EXPECT_THAT(*root_.Strings(key), IsEmpty());
    EXPECT_THAT(*root_.Objects(key), IsEmpty());
    EXPECT_THAT(*root_.StringMap(key), IsEmpty());
  }
  EXPECT_EQ(root_.String("none").status().message(),
            "f.json: field none: is missing");
}

TEST_F(JsonTest, ErrorsNameTheFieldWithItsPath) {
  const JsonObject config = *root_.Object("config");
  EXPECT_EQ((*config.Objects("list"))[1].Int("n").status().message(),
            "f.json: field config.list[1].n: is a string, not an integer");
  EXPECT_EQ(config.Strings("list").status().message(),
            "f.json: field config.list[0]: is an object, not a string");
  EXPECT_EQ(config.Objects("args").status().message(),
            "f.json: field config.args[0]: is a string, not an object");
  EXPECT_EQ(config.StringMap("set").status().message(),
            "f.json: field config.set.8080/tcp: is an object, not a string");
  EXPECT_EQ(document_.Objects().status().message(),
            "f.json: is an object, not an array");
}

TEST_F(JsonTest, FractionsAndHugeNumbersAreNoIntegers) {
  const JsonDocument document =
      *JsonDocument::Parse(R"({"a": 1.5, "b": 9223372036854775808})", "f");
  EXPECT_FALSE(document.Object()->Int("a").ok());
  EXPECT_FALSE(document.Object()->Int("b").ok());
}

TEST(JsonParseTest, BadTextIsRefusedWithThePlace) {
  EXPECT_THAT(
      std::string(JsonDocument::Parse("{\"a\":1", "f").status().message()),
      StartsWith("f: is no JSON: byte 6: "));
  EXPECT_FALSE(JsonDocument::Parse("", "f").ok());
  EXPECT_FALSE(JsonDocument::Parse("{} {}", "f").ok());
  EXPECT_FALSE(JsonDocument::Parse("{\"a\":\"\xff\"}", "f").ok());
  EXPECT_FALSE(JsonDocument::Parse(std::string("{}\0x", 4), "f").ok());
}

TEST(JsonParseTest, DeepNestingDoesNotOverflowTheStack) {
  const size_t depth = 1 << 20;
  EXPECT_TRUE(JsonDocument::Parse(
                  std::string(depth, '[') + std::string(depth, ']'), "f")
                  .ok());
  EXPECT_FALSE(JsonDocument::Parse(std::string(depth, '['), "f").ok());
}

// Within what the sanitizer sees.
TEST(JsonParseTest, CharactersThatAreCutOffAreRefused) {
  for (const char* end : {"\xc3", "\xe6", "\xe6\xb7", "\xf0", "\xf0\x9f"}) {
    for (const char* begin : {"\"", "\"0123456789abcdef", "{\"a\":\""}) {
      std::string text = absl::StrCat(begin, end);
      text.shrink_to_fit();
      EXPECT_FALSE(JsonDocument::Parse(std::move(text), "f").ok()) << end;
    }
  }
}

TEST(JsonParseTest, HalvesOfCharactersAreRefused) {
  for (const char* text :
       {R"(["\udc00"])", R"(["\ud83d\ude00\uDFFF"])", R"(["\ud83d"])",
        R"(["\\\udc00"])", R"({"\udc00":1})"}) {
    EXPECT_FALSE(JsonDocument::Parse(text, "f").ok()) << text;
  }
  for (const char* text :
       {R"(["\ud83d\ude00"])", R"(["\\udc00"])", R"(["\u00e6\n"])"}) {
    EXPECT_TRUE(JsonDocument::Parse(text, "f").ok()) << text;
  }
}

TEST(JsonParseTest, TooLargeIsRefused) {
  EXPECT_TRUE(absl::IsResourceExhausted(
      JsonDocument::Parse("{    }", "f", 5).status()));
}

TEST(JsonParseTest, ViewsSurviveAMoveOfTheDocument) {
  JsonDocument document = *JsonDocument::Parse(R"({"a":"b"})", "f");
  const JsonObject root = *document.Object();
  const JsonDocument moved = std::move(document);
  EXPECT_EQ(*root.String("a"), "b");
}

}  // namespace
}  // namespace cleat::base
