#include "lib/pb/json.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/cgroup.table.h"
#include "proto/container.table.h"
#include "proto/image.table.h"
#include "proto/oci_runtime.table.h"

namespace cleat::pb {
namespace {

using ::testing::HasSubstr;

template <typename T>
std::string ErrorOf(absl::string_view json) {
  T message;
  const absl::Status status = ParseJson(json, "here", &message);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << json;
  return std::string(status.message());
}

TEST(JsonTest, EveryKindOfFieldSurvivesARoundTrip) {
  const std::string json =
      R"({"version":1,"id":"ab","labels":{"a":"1","b":"\"x\\"},)"
      R"("steps":[{"tool":"cgset","cgroup":"/c"},)"
      R"({"process":{"pid":7,"startTime":9007199254740991}}]})";
  proto::Container container;
  ASSERT_TRUE(ParseJson(json, "", &container).ok());
  EXPECT_EQ(container.steps(1).process().start_time(), 9007199254740991);
  EXPECT_EQ(ToJson(container), json);
}

TEST(JsonTest, IntegersAreReadFromStringsAndPrintedAsNumbers) {
  proto::CgroupSpec spec;
  ASSERT_TRUE(ParseJson(R"({"memoryMaxBytes":"67108864"})", "", &spec).ok());
  EXPECT_EQ(ToJson(spec), R"({"memoryMaxBytes":67108864})");
}

TEST(JsonTest, UnsignedIntegersHaveAll64Bits) {
  const std::string text =
      R"({"type":"RLIMIT_CORE","soft":18446744073709551615})";
  proto::oci::Rlimit rlimit;
  ASSERT_TRUE(ParseJson(text, "rlimit", &rlimit).ok());
  EXPECT_EQ(rlimit.soft(), UINT64_MAX);
  EXPECT_EQ(ToJson(rlimit), text);
  EXPECT_FALSE(ParseJson(R"({"hard":-1})", "rlimit", &rlimit).ok());
}

TEST(JsonTest, ErrorsNameTheField) {
  EXPECT_THAT(ErrorOf<proto::Cgroup>(R"({"spec":{"memory":1}})"),
              HasSubstr("here.spec.memory: unknown field"));
  EXPECT_THAT(ErrorOf<proto::Cgroup>(R"({"spec":{"pidsMax":"many"}})"),
              HasSubstr("here.spec.pidsMax: a whole number"));
  EXPECT_THAT(ErrorOf<proto::Cgroup>(R"({"spec":[]})"),
              HasSubstr("here.spec: an object"));
  EXPECT_THAT(ErrorOf<proto::Container>(R"({"version":99999999999})"),
              HasSubstr("here.version: a number from"));
  EXPECT_THAT(ErrorOf<proto::Container>(R"({"version":1,"version":2})"),
              HasSubstr("here.version: given twice"));
  EXPECT_THAT(ErrorOf<proto::Container>("{\"id\":\"\xff\"}"),
              HasSubstr("not JSON"));
  EXPECT_THAT(ErrorOf<proto::Container>(""), HasSubstr("not JSON"));
}

TEST(JsonTest, UnknownFieldsMayBeIgnored) {
  proto::Platform platform;
  ASSERT_TRUE(ParseJson(R"({"os":"linux","os.version":"1"})", "", &platform,
                        UnknownFields::kIgnore)
                  .ok());
  EXPECT_EQ(platform.os(), "linux");
}

TEST(JsonTest, DeepNestingDoesNotExhaustTheStack) {
  const std::string deep =
      std::string(1000000, '[') + std::string(1000000, ']');
  EXPECT_THAT(ErrorOf<proto::Container>("{\"steps\":" + deep + "}"),
              HasSubstr("here.steps: an object"));
}

TEST(JsonTest, StringsAreEscapedAndMadeValidUtf8) {
  std::string out;
  AppendJsonString("a\"b\\c\n\x01\x7f\xc3\xa9\xff\xed\xa0\x80", &out);
  EXPECT_EQ(out,
            "\"a\\\"b\\\\c\\n\\u0001\x7f\xc3\xa9"
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace cleat::pb
