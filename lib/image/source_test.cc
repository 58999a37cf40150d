#include "lib/image/source.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::image {
namespace {

using ::testing::HasSubstr;

TEST(SourceTest, TransportPathAndNameAreSplitAtTheFirstColon) {
  const Source source = *ParseSource("docker-archive:a/b.tar:app:1");
  EXPECT_EQ(source.transport, Transport::kDockerArchive);
  EXPECT_EQ(source.path, "a/b.tar");
  EXPECT_EQ(source.name, "app:1");
}

TEST(SourceTest, NameMayBeAbsent) {
  const Source source = *ParseSource("oci:layout");
  EXPECT_EQ(source.transport, Transport::kOciLayout);
  EXPECT_EQ(source.path, "layout");
  EXPECT_EQ(source.name, "");
}

TEST(SourceTest, WithoutTransportItIsANameInTheStore) {
  const Source source = *ParseSource("quay.io/team/app:1");
  EXPECT_EQ(source.transport, Transport::kStore);
  EXPECT_EQ(source.name, "quay.io/team/app:1");
}

TEST(SourceTest, MissingPathAndForeignTransportsAreRefused) {
  for (const char* text : {"", "oci:", "oci-archive::tag"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseSource(text).status())) << text;
  }
  EXPECT_THAT(std::string(ParseSource("docker://busybox").status().message()),
              HasSubstr("there are oci:DIR[:TAG]"));
}

}  // namespace
}  // namespace cleat::image
