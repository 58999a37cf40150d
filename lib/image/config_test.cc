#include "lib/image/config.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::image {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kConfig[] = R"({
  "architecture": "arm64", "variant": "v8", "os": "linux",
  "created": "2026-11-23T16:45:58.146569539Z",
  "config": {
    "User": "app:staff", "Env": ["A=1", "B=2"], "Entrypoint": ["/bin/sh"],
    "Cmd": ["-c", "true"], "WorkingDir": "/w", "StopSignal": "SIGINT",
    "Labels": {"k": "v"}, "Volumes": {"/b": {}, "/a": {}},
    "ExposedPorts": {"80/tcp": {}}, "OnBuild": null, "Unknown": 1},
  "rootfs": {"type": "layers", "diff_ids": [
"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]}
})";

absl::string_view Message(const absl::StatusOr<Config>& config) {
  return config.status().message();
}

TEST(ConfigTest, AllRunSettingsAreTaken) {
  const Config config = *ParseConfig(kConfig, "config");
  EXPECT_EQ(config.platform.os(), "linux");
  EXPECT_EQ(config.platform.architecture(), "arm64");
  EXPECT_EQ(config.platform.variant(), "v8");
  EXPECT_EQ(config.created, "2026-11-23T16:45:58.146569539Z");
  EXPECT_THAT(config.diff_ids, SizeIs(1));
  EXPECT_EQ(config.run.user(), "app:staff");
  EXPECT_THAT(config.run.env(), ElementsAre("A=1", "B=2"));
  EXPECT_THAT(config.run.entrypoint(), ElementsAre("/bin/sh"));
  EXPECT_THAT(config.run.cmd(), ElementsAre("-c", "true"));
  EXPECT_EQ(config.run.working_dir(), "/w");
  EXPECT_EQ(config.run.stop_signal(), "SIGINT");
  EXPECT_EQ(config.run.labels().at("k"), "v");
  EXPECT_THAT(config.run.volumes(), ElementsAre("/a", "/b"));
  EXPECT_THAT(config.run.exposed_ports(), ElementsAre("80/tcp"));
}

TEST(ConfigTest, NullsAndEmptyStringsAreAbsent) {
  const Config config = *ParseConfig(
      R"({"architecture":"a","os":"o","rootfs":{"diff_ids":null},
          "config":{"User":"","Env":null,"Labels":null,"Volumes":null}})",
      "config");
  EXPECT_FALSE(config.run.has_user());
  EXPECT_THAT(config.run.env(), IsEmpty());
  EXPECT_THAT(config.diff_ids, IsEmpty());
}

TEST(ConfigTest, ErrorsNameTheField) {
  EXPECT_EQ(Message(ParseConfig("{}", "config c")),
            "config c: field os: is missing");
  EXPECT_EQ(Message(ParseConfig(R"({"os":"o","architecture":"a"})", "c")),
            "c: field rootfs: is missing");
  EXPECT_EQ(Message(ParseConfig(R"({"os":"o","architecture":"a","rootfs":{},
                                    "config":{"Cmd":"sh"}})",
                                "c")),
            "c: field config.Cmd: is a string, not an array");
}

TEST(ConfigTest, DiffIdThatIsNoDigestIsRefused) {
  EXPECT_TRUE(
      absl::IsInvalidArgument(ParseConfig(R"({"os":"o","architecture":"a",
                      "rootfs":{"diff_ids":["sha256:../.."]}})",
                                          "c")
                                  .status()));
}

TEST(ConfigTest, MoreLayersThanTheKernelStacksAreRefused) {
  std::string ids;
  for (int i = 0; i < 501; ++i) absl::StrAppend(&ids, i ? "," : "", "\"x\"");
  EXPECT_TRUE(absl::IsInvalidArgument(
      ParseConfig(absl::StrCat(R"({"os":"o","architecture":"a",
                                   "rootfs":{"diff_ids":[)",
                               ids, "]}}"),
                  "c")
          .status()));
}

}  // namespace
}  // namespace cleat::image
