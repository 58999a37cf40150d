#include "lib/runtime/environment.h"

#include <stdlib.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string WriteFile(const std::string& text) {
  const std::string path = ::testing::TempDir() + "/environment.env";
  EXPECT_TRUE(sys::WriteFileAtomic(path, text, 0644).ok());
  return path;
}

TEST(EnvironmentTest, LinesOfAFileAreTakenAsTheyStand) {
  EXPECT_THAT(*ParseEnvFile("\xef\xbb\xbf"
                            "A=1\n# B=2\n\n  C= x y \r\nD=\"q\"=#\nE\n"),
              ElementsAre("A=1", "C= x y ", "D=\"q\"=#", "E"));
}

TEST(EnvironmentTest, LineThatIsNoEntryIsNamed) {
  for (const char* text : {"A=1\n=2\n", "A=1\nB C=2\n"}) {
    const absl::Status status = ParseEnvFile(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_THAT(std::string(status.message()), HasSubstr("line 2"));
  }
}

TEST(EnvironmentTest, LaterSourcesWin) {
  setenv("CLEAT_TEST_HOST", "host", 1);
  setenv("CLEAT_TEST_FILE", "host", 1);
  proto::ImageConfig image;
  image.add_env("CLEAT_TEST_HOST=image");
  image.add_env("HOME=/image");
  proto::ProcessSpec process;
  process.set_env_host(true);
  process.add_env("CLEAT_TEST_ENV=env");
  process.add_env_file(WriteFile(
      "CLEAT_TEST_FILE=file\nCLEAT_TEST_ENV=file\nCLEAT_TEST_ABSENT\n"));
  unsetenv("HOME");
  const auto env = BuildEnv({image, process, "host", "/root"});
  ASSERT_TRUE(env.ok()) << env.status();
  EXPECT_THAT(*env, Contains("CLEAT_TEST_HOST=host"));
  EXPECT_THAT(*env, Contains("CLEAT_TEST_FILE=file"));
  EXPECT_THAT(*env, Contains("CLEAT_TEST_ENV=env"));
  EXPECT_THAT(*env, Contains("HOME=/image"));
  EXPECT_THAT(*env, Not(Contains("CLEAT_TEST_ABSENT")));
}

TEST(EnvironmentTest, WrongFileIsNamed) {
  const proto::ImageConfig image;
  proto::ProcessSpec process;
  process.add_env_file(WriteFile("=\n"));
  EXPECT_THAT(
      std::string(BuildEnv({image, process, "", ""}).status().message()),
      HasSubstr("environment.env: line 1"));
  process.set_env_file(0, "/nonexistent");
  EXPECT_TRUE(absl::IsNotFound(BuildEnv({image, process, "", ""}).status()));
}

}  // namespace
}  // namespace cleat::runtime
