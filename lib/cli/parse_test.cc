#include "lib/cli/parse.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/cgroup.table.h"
#include "proto/image.table.h"
#include "proto/ns_tools.table.h"
#include "proto/process.table.h"
#include "proto/rootfs.table.h"

namespace cleat::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename Options>
absl::Status Parse(std::vector<std::string> words, Options* options,
                   Request* request = nullptr) {
  words.insert(words.begin(), "tool");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  Request ignored;
  return ParseArguments(pb::ToolOf<Options>(), static_cast<int>(words.size()),
                        argv.data(), options,
                        request == nullptr ? &ignored : request);
}

template <typename Options>
std::string ErrorOf(const std::vector<std::string>& words) {
  Options options;
  const absl::Status status = Parse(words, &options);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  return std::string(status.message());
}

TEST(ParseTest, FlagsReachEmbeddedMessagesThroughTheirUnits) {
  proto::CgsetOptions options;
  ASSERT_TRUE(Parse({"--memory=64m", "--cpus", "0.5", "--pids-limit=-1",
                     "--label=a=b", "--label=c", "-o", "out.json"},
                    &options)
                  .ok());
  EXPECT_EQ(options.spec().memory_max_bytes(), 67108864);
  EXPECT_EQ(options.spec().cpu_nanos(), 500000000);
  EXPECT_EQ(options.spec().pids_max(), -1);
  EXPECT_EQ(options.filter().output(), "out.json");
  EXPECT_THAT(options.filter().label(), ElementsAre("a=b", "c"));
}

TEST(ParseTest, BooleansTakeFalseAndTheLastOneCounts) {
  proto::CgsetOptions options;
  ASSERT_TRUE(
      Parse({"--keep", "--defer=false", "--each", "--each=false"}, &options)
          .ok());
  EXPECT_TRUE(options.filter().keep());
  EXPECT_TRUE(options.filter().has_defer());
  EXPECT_FALSE(options.filter().defer());
  EXPECT_FALSE(options.filter().each());
}

TEST(ParseTest, BareFlagImpliesItsValue) {
  proto::OverlayMountOptions bare;
  ASSERT_TRUE(Parse({"--tmpfs", "--trace"}, &bare).ok());
  EXPECT_EQ(bare.spec().tmpfs_bytes(), 0);
  EXPECT_EQ(bare.filter().common().trace(), "text");
  proto::OverlayMountOptions valued;
  ASSERT_TRUE(Parse({"--tmpfs=16m"}, &valued).ok());
  EXPECT_EQ(valued.spec().tmpfs_bytes(), 16 << 20);
}

TEST(ParseTest, OptionsEndAtTheFirstOperand) {
  proto::RootfsRunOptions options;
  ASSERT_TRUE(
      Parse({"--hostname=web", "ls", "--output=x", "-l"}, &options).ok());
  EXPECT_FALSE(options.filter().has_output());
  EXPECT_THAT(options.program(), ElementsAre("ls", "--output=x", "-l"));
  proto::RootfsRunOptions dashed;
  ASSERT_TRUE(Parse({"--", "--help"}, &dashed).ok());
  EXPECT_THAT(dashed.program(), ElementsAre("--help"));
}

TEST(ParseTest, NamesAreNotAbbreviated) {
  EXPECT_THAT(ErrorOf<proto::CgsetOptions>({"--mem=1"}),
              HasSubstr("unknown option '--mem"));
  EXPECT_THAT(ErrorOf<proto::CgsetOptions>({"--inpu=1"}),
              HasSubstr("unknown option '--inpu=1'"));
}

TEST(ParseTest, ErrorsNameTheFlagAndWhatWouldBeRight) {
  EXPECT_THAT(ErrorOf<proto::CgsetOptions>({"--memory=much"}),
              HasSubstr("--memory: 'much' is not a size"));
  EXPECT_THAT(ErrorOf<proto::CgsetOptions>({"--keep=perhaps"}),
              HasSubstr("--keep: 'perhaps' is not true or false"));
  EXPECT_THAT(ErrorOf<proto::CgsetOptions>({"--memory"}),
              HasSubstr("--memory: needs a value"));
  EXPECT_THAT(ErrorOf<proto::CgsetOptions>({"-x"}), HasSubstr("'-x'"));
  EXPECT_THAT(ErrorOf<proto::OverlayMountOptions>({"operand"}),
              HasSubstr("operand 'operand' is not expected"));
  EXPECT_THAT(ErrorOf<proto::ImageGetOptions>({}),
              HasSubstr("IMAGE is missing"));
  EXPECT_THAT(ErrorOf<proto::ImageGetOptions>({"a", "b"}),
              HasSubstr("operand 'b' is not expected"));
}

TEST(ParseTest, HelpNeedsNoOperand) {
  proto::ImageGetOptions options;
  Request request;
  ASSERT_TRUE(Parse({"--help"}, &options, &request).ok());
  EXPECT_EQ(request, Request::kHelp);
  ASSERT_TRUE(Parse({"--help=man"}, &options, &request).ok());
  EXPECT_EQ(request, Request::kMan);
  ASSERT_TRUE(Parse({"--version"}, &options, &request).ok());
  EXPECT_EQ(request, Request::kVersion);
}

TEST(ParseTest, ConfigFillsWhatFlagsLeftUnset) {
  proto::CgsetOptions options;
  ASSERT_TRUE(Parse({"--memory=64m", "--label=mine"}, &options).ok());
  const absl::Status status =
      ParseConfig(pb::ToolOf<proto::CgsetOptions>(),
                  R"({"memoryMaxBytes":"1g","pidsMax":7,"cpuNanos":"1.5",
          "label":["theirs"],"keep":true})",
                  "file", &options);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(options.spec().memory_max_bytes(), 64 << 20);
  EXPECT_EQ(options.spec().pids_max(), 7);
  EXPECT_EQ(options.spec().cpu_nanos(), 1500000000);
  EXPECT_THAT(options.filter().label(), ElementsAre("mine"));
  EXPECT_TRUE(options.filter().keep());
}

TEST(ParseTest, FlagsOfOneListKeepTheirOrder) {
  proto::RootfsRunOptions options;
  ASSERT_TRUE(Parse({"--tmpfs=/a", "-v", "/b:/b", "--mount=type=tmpfs,dst=/c"},
                    &options)
                  .ok());
  EXPECT_THAT(
      options.mounts().mounts(),
      ElementsAre("tmpfs=/a", "volume=/b:/b", "mount=type=tmpfs,dst=/c"));
  EXPECT_EQ(options.mounts().tmpfs_size(), 0);
}

TEST(ParseTest, ConfigFillsAListOfSeveralFlagsUnlessOneWasGiven) {
  const char* const file = R"({"volume":["/b:/b"],"tmpfs":["/a","/c"]})";
  const pb::Tool& tool = pb::ToolOf<proto::RootfsRunOptions>();
  proto::RootfsRunOptions options;
  ASSERT_TRUE(ParseConfig(tool, file, "file", &options).ok());
  EXPECT_THAT(options.mounts().mounts(),
              ElementsAre("volume=/b:/b", "tmpfs=/a", "tmpfs=/c"));
  proto::RootfsRunOptions given;
  ASSERT_TRUE(Parse({"--tmpfs=/mine"}, &given).ok());
  ASSERT_TRUE(ParseConfig(tool, file, "file", &given).ok());
  EXPECT_THAT(given.mounts().mounts(), ElementsAre("tmpfs=/mine"));
}

TEST(ParseTest, ConfigErrorsNameFileAndKey) {
  proto::CgsetOptions options;
  const pb::Tool& tool = pb::ToolOf<proto::CgsetOptions>();
  EXPECT_THAT(std::string(ParseConfig(tool, "[]", "f", &options).message()),
              HasSubstr("f: a JSON object"));
  EXPECT_THAT(
      std::string(ParseConfig(tool, R"({"no":1})", "f", &options).message()),
      HasSubstr("f: no: cgset has no such option"));
  EXPECT_THAT(
      std::string(
          ParseConfig(tool, R"({"pidsMax":{}})", "f", &options).message()),
      HasSubstr("f: pidsMax: "));
}

TEST(ParseTest, UtilLinuxsCustoms) {
  proto::NsEnterOptions options;
  ASSERT_TRUE(Parse({"-mfile", "-n=other", "-u", "--ipc=a", "--preserve", "-ae",
                     "-t", "7", "-r", "dir"},
                    &options)
                  .ok());
  EXPECT_EQ(options.choice().mount(), "file");
  EXPECT_EQ(options.choice().net(), "other");
  EXPECT_EQ(options.choice().uts(), "-");
  EXPECT_EQ(options.choice().ipc(), "a");
  EXPECT_EQ(options.root(), "-");
  EXPECT_EQ(options.target().target(), "7");
  EXPECT_TRUE(options.preserve_credentials());
  EXPECT_TRUE(options.choice().all());
  EXPECT_TRUE(options.env());
  EXPECT_THAT(options.program(), ElementsAre("dir"));

  EXPECT_EQ(ErrorOf<proto::NsEnterOptions>({"--us"}), "unknown option '--us'");
  Request request;
  ASSERT_TRUE(Parse({"-h"}, &options, &request).ok());
  EXPECT_EQ(request, Request::kHelp);
  ASSERT_TRUE(Parse({"-V"}, &options, &request).ok());
  EXPECT_EQ(request, Request::kVersion);
}

}  // namespace
}  // namespace cleat::cli
