#include "lib/image/print_config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::image {
namespace {

using ::testing::ElementsAre;

TEST(PrintConfigTest, SmallConfigHasTheseBytes) {
  Config config;
  config.platform.set_os("linux");
  config.platform.set_architecture("amd64");
  config.created = "1970-01-01T00:00:00Z";
  EXPECT_EQ(PrintConfig(config, ""),
            R"({"architecture":"amd64","config":{},)"
            R"("created":"1970-01-01T00:00:00Z",)"
            R"("history":[{"created":"1970-01-01T00:00:00Z"}],"os":"linux",)"
            R"("rootfs":{"diff_ids":[],"type":"layers"}})");
}

TEST(PrintConfigTest, WhatIsPrintedIsReadBack) {
  Config config;
  config.platform.set_os("linux");
  config.platform.set_architecture("arm");
  config.platform.set_variant("v7");
  config.created = "2026-01-01T00:00:00Z";
  config.diff_ids = {
      "sha256:"
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"};
  config.run.add_cmd("a \"b\"\n");
  config.run.add_env("A=1");
  config.run.add_volumes("/v");
  config.run.set_user("0:0");
  (*config.run.mutable_labels())["empty"] = "";
  const Config read = *ParseConfig(PrintConfig(config, "by a test"), "c");
  EXPECT_EQ(read.platform.variant(), "v7");
  EXPECT_EQ(read.created, config.created);
  EXPECT_EQ(read.diff_ids, config.diff_ids);
  EXPECT_THAT(read.run.cmd(), ElementsAre("a \"b\"\n"));
  EXPECT_THAT(read.run.env(), ElementsAre("A=1"));
  EXPECT_THAT(read.run.volumes(), ElementsAre("/v"));
  EXPECT_EQ(read.run.user(), "0:0");
  EXPECT_EQ(read.run.labels().count("empty"), 1u);
}

}  // namespace
}  // namespace cleat::image
