#include "lib/pb/json_path.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::pb {
namespace {

using ::testing::HasSubstr;

constexpr char kJson[] =
    R"({"a":{"b":[{"c":"text"},7,true]},"n":9007199254740991})";

TEST(JsonPathTest, FieldsAreReachedByNameAndPosition) {
  EXPECT_EQ(*GetJsonField(kJson, "a.b.0.c"), "text");
  EXPECT_EQ(*GetJsonField(kJson, "a.b.1"), "7");
  EXPECT_EQ(*GetJsonField(kJson, "a.b.2"), "true");
  EXPECT_EQ(*GetJsonField(kJson, "a"), R"({"b":[{"c":"text"},7,true]})");
  EXPECT_EQ(*GetJsonField(kJson, "n"), "9007199254740991");
}

TEST(JsonPathTest, MissingFieldSaysWhatIsThere) {
  const absl::Status status = GetJsonField(kJson, "a.x.y").status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("there is no 'x' (a has b)"));
  EXPECT_FALSE(GetJsonField(kJson, "a.b.3").ok());
  EXPECT_FALSE(GetJsonField(kJson, "a.b.-1").ok());
  EXPECT_FALSE(GetJsonField(kJson, "").ok());
}

TEST(JsonPathTest, DeepNestingIsRefused) {
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  EXPECT_FALSE(FormatJson(deep, JsonForm::kLine).ok());
}

TEST(JsonPathTest, FormsKeepTheContent) {
  EXPECT_EQ(*FormatJson(kJson, JsonForm::kLine), kJson);
  EXPECT_EQ(*FormatJson(R"({"a":[1]})", JsonForm::kIndented),
            "{\n  \"a\": [\n    1\n  ]\n}");
}

}  // namespace
}  // namespace cleat::pb
