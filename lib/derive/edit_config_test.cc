#include "lib/derive/edit_config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::derive {
namespace {

using ::testing::HasSubstr;

constexpr char kConfig[] =
    R"({"os":"linux","x-new":{"b":1,"a":1.5},"config":{"Env":["PATH=/bin","A=1"],)"
    R"("Labels":{"z":"1","y":"2"},"Cmd":["sh"],"OnBuild":null},)"
    R"("rootfs":{"type":"layers","diff_ids":["sha256:1"]},"history":[{"created":"x"}]})";

std::string Edit(const ConfigChanges& changes,
                 absl::string_view text = kConfig) {
  const auto edited = EditConfig(text, changes);
  return edited.ok() ? *edited : std::string(edited.status().message());
}

TEST(EditConfig, NothingButTheTimeChangesWithoutAnEdit) {
  ConfigChanges changes;
  changes.created = "now";
  EXPECT_EQ(
      Edit(changes),
      R"({"os":"linux","x-new":{"b":1,"a":1.5},"config":{"Env":["PATH=/bin","A=1"],)"
      R"("Labels":{"z":"1","y":"2"},"Cmd":["sh"],"OnBuild":null},)"
      R"("rootfs":{"type":"layers","diff_ids":["sha256:1"]},"history":[{"created":"x"}],"created":"now"})");
}

TEST(EditConfig, EachFieldIsSetInItsPlace) {
  ConfigChanges changes;
  proto::ImageEdit& edit = changes.edit;
  edit.add_entrypoint("/app");
  edit.add_cmd("");
  edit.add_env("A=2");
  edit.add_env("B=3=4");
  edit.add_unset_env("PATH");
  edit.add_label("y=3");
  edit.add_unset_label("z");
  edit.add_expose("80");
  edit.add_expose("53/udp");
  edit.add_volume("/data");
  edit.set_user("1:2");
  edit.set_workdir("/w");
  edit.set_stop_signal("INT");
  EXPECT_THAT(
      Edit(changes),
      HasSubstr(
          R"("config":{"Env":["A=2","B=3=4"],"Labels":{"y":"3"},"OnBuild":null,)"
          R"("Entrypoint":["/app"],"ExposedPorts":{"80/tcp":{},"53/udp":{}},)"
          R"("Volumes":{"/data":{}},"WorkingDir":"/w","User":"1:2","StopSignal":"INT"})"));
}

TEST(EditConfig, LayersAndHistoryGrowTogether) {
  ConfigChanges changes;
  changes.created = "now";
  changes.edit.set_author("me");
  changes.history = {{"make", "", "sha256:2"}, {"", "renamed", ""}};
  const std::string edited = Edit(changes);
  EXPECT_THAT(edited, HasSubstr(R"("diff_ids":["sha256:1","sha256:2"])"));
  EXPECT_THAT(
      edited,
      HasSubstr(
          R"({"created":"x"},{"created":"now","created_by":"make","author":"me"},)"
          R"({"created":"now","author":"me","comment":"renamed","empty_layer":true}])"));
}

TEST(EditConfig, WhatIsMalformedIsNamed) {
  ConfigChanges changes;
  changes.edit.add_env("A");
  EXPECT_EQ(Edit(changes), "--env 'A': give NAME=VALUE");
  changes.edit.Clear();
  changes.edit.add_expose("80/xyz");
  EXPECT_THAT(Edit(changes), HasSubstr("--expose '80/xyz'"));
  changes.edit.Clear();
  changes.edit.add_volume("data");
  EXPECT_THAT(Edit(changes), HasSubstr("--volume 'data'"));
  changes.edit.Clear();
  changes.edit.add_label("a=b");
  EXPECT_THAT(Edit(changes, R"({"config":{"Labels":[]}})"),
              HasSubstr("field Labels: is of another type"));
  EXPECT_THAT(Edit(changes, "[]"), HasSubstr("is no JSON object"));
  EXPECT_THAT(Edit(changes, std::string(200, '[')), HasSubstr("too deep"));
  EXPECT_THAT(Edit(changes, R"({"a":33E308})"), HasSubstr("no JSON"));
  EXPECT_THAT(Edit(changes, R"({"a":"\udc00"})"), HasSubstr("no JSON"));
  EXPECT_THAT(Edit(changes, R"({"a":0E277})"), HasSubstr("\"a\":0.0"));
  EXPECT_THAT(Edit(changes, R"({"a":1.7976931348623157E308})"),
              HasSubstr("\"a\":1.7976931348623157e308"));
}

}  // namespace
}  // namespace cleat::derive
