#include "lib/image/reference.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "re2/re2.h"

namespace cleat::image {
namespace {

constexpr char kDigest[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(ReferenceTest, ShortNamesAreDockerHubs) {
  const Reference reference = *ParseReference("busybox");
  EXPECT_EQ(reference.domain, "docker.io");
  EXPECT_EQ(reference.path, "library/busybox");
  EXPECT_EQ(reference.tag, "");
  EXPECT_EQ(FamiliarReference(reference), "busybox:latest");
}

TEST(ReferenceTest, AllPartsAreFound) {
  const Reference reference =
      *ParseReference(std::string("localhost:5000/team/app:1.0@") + kDigest);
  EXPECT_EQ(reference.domain, "localhost:5000");
  EXPECT_EQ(reference.path, "team/app");
  EXPECT_EQ(reference.tag, "1.0");
  EXPECT_EQ(reference.digest, kDigest);
  EXPECT_EQ(FamiliarReference(reference),
            std::string("localhost:5000/team/app@") + kDigest);
}

TEST(ReferenceTest, EqualNamesHaveOneFamiliarForm) {
  for (const char* text :
       {"busybox", "library/busybox", "docker.io/busybox",
        "docker.io/library/busybox", "index.docker.io/library/busybox"}) {
    EXPECT_EQ(FamiliarName(*ParseReference(text)), "busybox") << text;
  }
  EXPECT_EQ(FamiliarName(*ParseReference("docker.io/a/b")), "a/b");
  // What would mean something else without it keeps its beginning.
  const std::string digits(64, 'a');
  for (const std::string& name :
       {std::string("docker.io/a.b/c"), std::string("docker.io/localhost/c"),
        "library/" + digits}) {
    EXPECT_EQ(FamiliarName(*ParseReference(name)), name);
  }
  EXPECT_EQ(FamiliarName(*ParseReference("index.docker.io/index.docker.io/a")),
            "docker.io/index.docker.io/a");
  EXPECT_EQ(FamiliarName(*ParseReference("docker.io/library/a.b")), "a.b");
}

TEST(ReferenceTest, PortIsNoTag) {
  const Reference reference = *ParseReference("host:5000/app");
  EXPECT_EQ(reference.domain, "host:5000");
  EXPECT_EQ(reference.tag, "");
  EXPECT_EQ(ParseReference("host:5000")->tag, "5000");
}

TEST(ReferenceTest, IdsAreNoNames) {
  EXPECT_FALSE(ParseReference(std::string(kDigest).substr(7)).ok());
}

// The grammar of distribution/reference as a regular expression.
constexpr char kGrammar[] =
    "((?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
    "(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*"
    "|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?/)?"
    "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*"
    "(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*"
    "(?::[\\w][\\w.-]{0,127})?"
    "(?:@sha256:[0-9a-f]{64})?";

TEST(ReferenceTest, ScannerAgreesWithTheRegularExpression) {
  const RE2 grammar(kGrammar);
  const std::string digest = std::string("@") + kDigest;
  for (const std::string text : {"a",
                                 "A",
                                 "a/b",
                                 "a//b",
                                 "/a",
                                 "a/",
                                 "",
                                 "a.b",
                                 "a..b",
                                 "a_b",
                                 "a__b",
                                 "a___b",
                                 "a-b",
                                 "a---b",
                                 "a._b",
                                 "a-",
                                 "-a",
                                 "a:b",
                                 "a:",
                                 "a:b:c",
                                 "a.b/c:d",
                                 "a.b:1/c:d",
                                 "a.b:x/c",
                                 "a.b:/c",
                                 "[::1]:5000/a",
                                 "[::1]/a",
                                 "[]/a",
                                 "[::1/a",
                                 "A.b/c",
                                 "a.-b/c",
                                 "-.b/c",
                                 "localhost/a:.b",
                                 "localhost/a:-b",
                                 "localhost/a:_b",
                                 "a b",
                                 "a\n",
                                 "a@b",
                                 "a@",
                                 "h.x/B",
                                 "h.x/b/c_d/e-f:G",
                                 "\xc3\xa4",
                                 "a/b:c/d",
                                 "a:b/c:d"}) {
    EXPECT_EQ(ParseReference(text).ok(), RE2::FullMatch(text, grammar))
        << "'" << text << "'";
    EXPECT_EQ(ParseReference(text + digest).ok(),
              RE2::FullMatch(text + digest, grammar))
        << "'" << text << "' with a digest";
  }
}

TEST(ReferenceTest, LengthsAreBounded) {
  EXPECT_TRUE(ParseReference("a:" + std::string(128, 't')).ok());
  EXPECT_FALSE(ParseReference("a:" + std::string(129, 't')).ok());
  EXPECT_TRUE(ParseReference("h.x/" + std::string(251, 'a')).ok());
  EXPECT_FALSE(ParseReference("h.x/" + std::string(252, 'a')).ok());
}

}  // namespace
}  // namespace cleat::image
