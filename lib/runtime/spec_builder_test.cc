#include "lib/runtime/spec_builder.h"

#include <fcntl.h>
#include <stdlib.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::StartsWith;

// A root directory without /etc, so that users are numbers.
int EmptyRoot() {
  static const int fd = sys::Open("/proc/self/fdinfo", O_PATH)->Release();
  return fd;
}

SpecSources Sources() {
  SpecSources sources;
  sources.id = "0123456789abcdef0123";
  sources.image.add_entrypoint("/entry");
  sources.image.add_cmd("command");
  return sources;
}

proto::oci::Spec Build(const SpecSources& sources) {
  absl::StatusOr<proto::oci::Spec> spec = BuildSpec(sources, EmptyRoot());
  EXPECT_TRUE(spec.ok()) << spec.status();
  return spec.ok() ? *spec : proto::oci::Spec();
}

TEST(SpecBuilderTest, EntrypointAndCommandAreJoined) {
  EXPECT_THAT(Build(Sources()).process().args(),
              ElementsAre("/entry", "command"));
}

TEST(SpecBuilderTest, ArgsReplaceTheCommandAndKeepTheEntrypoint) {
  SpecSources sources = Sources();
  sources.args = {"a", "b"};
  EXPECT_THAT(Build(sources).process().args(), ElementsAre("/entry", "a", "b"));
}

TEST(SpecBuilderTest, ProgramOfTheProcessIsTheWholeArgv) {
  SpecSources sources = Sources();
  sources.process.add_args("ls");
  EXPECT_THAT(Build(sources).process().args(), ElementsAre("ls"));
}

TEST(SpecBuilderTest, NoProgramAtAllIsRefused) {
  SpecSources sources;
  EXPECT_TRUE(
      absl::IsInvalidArgument(BuildSpec(sources, EmptyRoot()).status()));
}

TEST(SpecBuilderTest, EnvironmentIsDefaultThenImageThenRequest) {
  SpecSources sources = Sources();
  sources.image.add_env("PATH=/image");
  sources.image.add_env("A=image");
  sources.process.add_env("A=request");
  sources.process.add_env("EMPTY=");
  EXPECT_THAT(Build(sources).process().env(),
              ElementsAre("PATH=/image", "HOSTNAME=0123456789ab", "A=request",
                          "EMPTY=", "HOME=/"));
}

TEST(SpecBuilderTest, NameAloneTakesTheCallersValue) {
  setenv("CLEAT_TEST_VALUE", "mine", 1);
  unsetenv("CLEAT_TEST_ABSENT");
  SpecSources sources = Sources();
  sources.process.add_env("CLEAT_TEST_VALUE");
  sources.process.add_env("CLEAT_TEST_ABSENT");
  const auto env = Build(sources).process().env();
  EXPECT_THAT(env, Contains("CLEAT_TEST_VALUE=mine"));
  EXPECT_THAT(env, Not(Contains(StartsWith("CLEAT_TEST_ABSENT"))));
}

TEST(SpecBuilderTest, DefaultsAreDockers) {
  const proto::oci::Spec spec = Build(Sources());
  EXPECT_EQ(spec.process().capabilities().bounding_size(), 14);
  EXPECT_EQ(spec.process().capabilities().inheritable_size(), 0);
  EXPECT_EQ(spec.mounts_size(), 7);
  EXPECT_EQ(spec.linux().namespaces_size(), 6);
  EXPECT_FALSE(spec.process().no_new_privileges());
  EXPECT_TRUE(spec.linux().seccomp().use_default());
  EXPECT_EQ(spec.process().cwd(), "/");
}

TEST(SpecBuilderTest, RequestWinsOverTheImage) {
  SpecSources sources = Sources();
  sources.image.set_user("1");
  sources.image.set_working_dir("/image");
  sources.process.set_user("2:3");
  sources.process.set_workdir("/request");
  sources.process.set_hostname("web");
  const proto::oci::Spec spec = Build(sources);
  EXPECT_EQ(spec.process().user().uid(), 2);
  EXPECT_EQ(spec.process().user().gid(), 3);
  EXPECT_EQ(spec.process().cwd(), "/request");
  EXPECT_EQ(spec.hostname(), "web");
}

TEST(SpecBuilderTest, EmptyHostnameIsNone) {
  SpecSources sources = Sources();
  sources.process.set_hostname("");
  EXPECT_EQ(Build(sources).hostname(), "0123456789ab");
}

TEST(SpecBuilderTest, OfSeveralUlimitsForOneResourceTheLastHolds) {
  SpecSources sources = Sources();
  for (const char* ulimit : {"nofile=100", "core=0", "nofile=200:300"}) {
    sources.process.add_ulimit(ulimit);
  }
  const auto rlimits = Build(sources).process().rlimits();
  ASSERT_EQ(rlimits.size(), 2);
  EXPECT_EQ(rlimits[0].type(), "RLIMIT_NOFILE");
  EXPECT_EQ(rlimits[0].soft(), 200);
  EXPECT_EQ(rlimits[0].hard(), 300);
  EXPECT_EQ(rlimits[1].type(), "RLIMIT_CORE");
}

TEST(SpecBuilderTest, AGroupIsGivenOnce) {
  SpecSources sources = Sources();
  sources.process.set_user("2:3");
  for (const char* group : {"5", "3", "6", "5"}) {
    sources.process.add_group_add(group);
  }
  EXPECT_THAT(Build(sources).process().user().additional_gids(),
              ElementsAre(3, 5, 6));
}

TEST(SpecBuilderTest, RelativeWorkdirAndLongHostnameAreRefused) {
  SpecSources sources = Sources();
  sources.process.set_workdir("relative");
  EXPECT_TRUE(
      absl::IsInvalidArgument(BuildSpec(sources, EmptyRoot()).status()));
  sources = Sources();
  sources.process.set_hostname(std::string(65, 'x'));
  EXPECT_TRUE(
      absl::IsInvalidArgument(BuildSpec(sources, EmptyRoot()).status()));
}

}  // namespace
}  // namespace cleat::runtime
