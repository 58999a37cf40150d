#include "lib/cli/command_line.h"

#include <stdio.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/cli/parse.h"
#include "proto/cgroup.table.h"
#include "proto/image.table.h"
#include "proto/process.table.h"

namespace cleat::cli {
namespace {

using ::testing::ElementsAre;

template <typename Options>
Options ParsedFrom(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  Options options;
  Request request;
  const absl::Status status =
      ParseArguments(pb::ToolOf<Options>(), static_cast<int>(words.size()),
                     argv.data(), &options, &request);
  EXPECT_TRUE(status.ok()) << status;
  return options;
}

TEST(CommandLineTest, GivesWhatWasParsed) {
  const std::vector<std::string> words = {
      "rootfs-run",    "--env=A=b c",        "--user=",        "--init",
      "--tty=false",   "--tmpfs=/a:size=1m", "--volume=/b:/c", "--tmpfs=/d",
      "--shm-size=1m", "--detach",           "--emit",         "--",
      "-program",      "--argument"};
  const auto options = ParsedFrom<proto::RootfsRunOptions>(words);
  const std::vector<std::string> again = CommandLine(options);
  EXPECT_EQ(ParsedFrom<proto::RootfsRunOptions>(again).SerializeAsString(),
            options.SerializeAsString());
  EXPECT_THAT(again, ::testing::UnorderedElementsAreArray(words));
}

TEST(CommandLineTest, NumbersKeepTheirUnits) {
  const auto options = ParsedFrom<proto::CgsetOptions>(
      {"cgset", "--cpus=1.05", "--memory=64m", "--memory-swap=-1",
       "--memory-reservation=1025", "--pids-limit=-1"});
  EXPECT_THAT(CommandLine(options),
              ::testing::UnorderedElementsAre(
                  "cgset", "--memory=64m", "--memory-swap=-1", "--cpus=1.05",
                  "--memory-reservation=1025", "--pids-limit=-1"));
  const auto whole = ParsedFrom<proto::CgsetOptions>({"cgset", "--cpus=20"});
  EXPECT_THAT(CommandLine(whole), ElementsAre("cgset", "--cpus=20"));
}

TEST(CommandLineTest, OperandsFollowTheFlags) {
  const auto options = ParsedFrom<proto::ImageGetOptions>(
      {"image-get", "--platform=linux/arm64", "busybox"});
  EXPECT_THAT(CommandLine(options),
              ElementsAre("image-get", "--platform=linux/arm64", "busybox"));
}

TEST(ShellQuoteTest, ShReadsTheWordBack) {
  for (const std::string word :
       {"", "plain", "a b", "it's", "$HOME `x` \\ \"", "*?[~#;&|<>()!{}", "a=b",
        "new\nline", "--flag=value", "\t", "ü"}) {
    const std::string command = "printf %s " + ShellQuote(word);
    FILE* const shell = popen(command.c_str(), "r");
    ASSERT_NE(shell, nullptr);
    std::string read;
    for (int c = fgetc(shell); c != EOF; c = fgetc(shell)) {
      read.push_back(static_cast<char>(c));
    }
    EXPECT_EQ(pclose(shell), 0);
    EXPECT_EQ(read, word);
  }
}

TEST(ShellQuoteTest, LeavesPlainWordsAlone) {
  EXPECT_EQ(ShellQuote("--memory=64m"), "--memory=64m");
  EXPECT_EQ(ShellQuote("a b"), "'a b'");
  EXPECT_EQ(ShellQuote(""), "''");
}

}  // namespace
}  // namespace cleat::cli
