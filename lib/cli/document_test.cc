#include "lib/cli/document.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/cgroup.table.h"
#include "proto/image.table.h"

namespace cleat::cli {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(absl::string_view json) {
  const absl::Status status = Document::Parse(json).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << json;
  return std::string(status.message());
}

TEST(DocumentTest, SectionsThatAreNotReadPassByteForByte) {
  const std::string network = R"({ "odd" :[1.50, "\u00e9",{}]  })";
  absl::StatusOr<Document> document = Document::Parse(
      R"( {"version":1, "network" : )" + network + R"(, "name":"web"} )");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->ToJson(),
            R"({"version":1,"name":"web","network":)" + network + "}");
}

TEST(DocumentTest, SetReplacesASectionInItsPlace) {
  Document document = *Document::Parse(
      R"({"version":1,"cgroup":{"spec":{"pidsMax":1}},"image":{}})");
  proto::Cgroup cgroup = *document.Get<proto::Cgroup>("cgroup");
  cgroup.mutable_spec()->set_pids_max(2);
  document.Set("cgroup", cgroup);
  EXPECT_EQ(document.ToJson(),
            R"({"version":1,"cgroup":{"spec":{"pidsMax":2}},"image":{}})");
}

TEST(DocumentTest, UnknownFieldOfASectionThatIsReadIsNamed) {
  const Document document =
      *Document::Parse(R"({"version":1,"cgroup":{"spec":{"speed":1}}})");
  EXPECT_THAT(
      std::string(document.Get<proto::Cgroup>("cgroup").status().message()),
      HasSubstr("cgroup.spec.speed: unknown field"));
}

TEST(DocumentTest, MissingSectionNamesTheToolThatWritesIt) {
  EXPECT_THAT(std::string(Document()
                              .Require<proto::Image>("image", "image-get")
                              .status()
                              .message()),
              HasSubstr("no section 'image' (image-get writes it)"));
}

TEST(DocumentTest, BadDocumentsAreRefusedWithAReason) {
  EXPECT_THAT(ErrorOf("{}"), HasSubstr("no 'version'"));
  EXPECT_THAT(ErrorOf(R"({"version":2})"), HasSubstr("of version 2"));
  EXPECT_THAT(ErrorOf(R"({"version":1,"cgruop":{}})"),
              HasSubstr("unknown section 'cgruop'"));
  EXPECT_THAT(ErrorOf(R"({"version":1,"image":{},"image":{}})"),
              HasSubstr("'image' twice"));
  EXPECT_THAT(ErrorOf(R"({"version":1,)"), HasSubstr("not JSON at byte"));
  EXPECT_THAT(ErrorOf("[1]"), HasSubstr("no JSON object"));
  EXPECT_THAT(ErrorOf("7"), HasSubstr("no JSON object"));
  EXPECT_THAT(ErrorOf(R"({"version":1,"steps":[{"mount":1}]})"),
              HasSubstr("steps.mount"));
}

TEST(SplitDocumentsTest, TakesAnyWhiteSpaceBetweenObjects) {
  const auto texts = SplitDocuments("{\"a\":1}\n\t {\"b\":{}}{}\r\n");
  ASSERT_TRUE(texts.ok());
  EXPECT_THAT(*texts, ::testing::ElementsAre("{\"a\":1}", "{\"b\":{}}", "{}"));
  EXPECT_TRUE(SplitDocuments(" \n")->empty());
}

TEST(SplitDocumentsTest, SaysWhereItIsNotJson) {
  EXPECT_THAT(std::string(SplitDocuments("{} {\"a\":").status().message()),
              HasSubstr("not JSON at byte"));
  EXPECT_FALSE(SplitDocuments(std::string(100000, '[')).ok());
}

}  // namespace
}  // namespace cleat::cli
