#include "lib/image/read_image.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/digest/sha256.h"
#include "lib/image/platform.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::image {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kImages[] = "testdata/images/";

// As `docker image inspect` has them; skopeo writes a config of its own.
constexpr char kDockerId[] =
    "sha256:84897748be77591d359ea452dc56cdbaf81f385718f97d1d3e041d096bf8cf80";
constexpr char kSkopeoId[] =
    "sha256:b91c9142356c49d23f0593a90209acb08c30da922ca94e382157666d92b9e361";
constexpr const char* kDiffIds[] = {
    "sha256:11409dab4211d0a8ca49b864860cd5eac85892e56be4f4553cd2d7efe1837610",
    "sha256:2278a872727d43bd4817ede263e7158cb90f82de0813d32593b21a52259f42f0",
    "sha256:420b9db2e573d94914a4aec26544ba5bfb08c903ff017a7c3f1fd24a83caa186",
    "sha256:d1e999e41a838dc8a8ec53e02aab2401854710eb384a59648d31d6a13b47062b",
};

absl::StatusOr<proto::ImageState> Get(absl::string_view text) {
  return ReadImage(*ParseSource(text), absl::nullopt);
}

std::string Message(const absl::StatusOr<proto::ImageState>& state) {
  return std::string(state.status().message());
}

// The bytes that a document points at.
std::string BytesOf(const proto::LayerSource& layer) {
  sys::Fd fd = *sys::Open(layer.path(), O_RDONLY);
  std::string bytes(static_cast<size_t>(layer.size()), '\0');
  EXPECT_EQ(pread(fd.get(), &bytes[0], bytes.size(), layer.offset()),
            layer.size());
  return bytes;
}

void ExpectFixture(const proto::ImageState& state) {
  EXPECT_EQ(FormatPlatform(state.platform()), "linux/amd64");
  EXPECT_EQ(state.config().user(), "app:staff");
  EXPECT_THAT(state.config().cmd(), ElementsAre("world"));
  ASSERT_THAT(state.layers(), SizeIs(4));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(state.layers(i).diff_id(), kDiffIds[i]);
    EXPECT_THAT(state.layers(i).path(), testing::StartsWith("/"));
    const std::string digest = digest::Sha256Of(BytesOf(state.layers(i)));
    EXPECT_EQ(digest, state.layers(i).has_digest() ? state.layers(i).digest()
                                                   : kDiffIds[i]);
  }
}

TEST(ReadImageTest, OciArchive) {
  const proto::ImageState state =
      *Get(absl::StrCat("oci-archive:", kImages, "oci-archive.tar:fixture-1"));
  EXPECT_EQ(state.id(), kSkopeoId);
  EXPECT_EQ(state.manifest_digest(),
            "sha256:"
            "f5514d542d1885f134723bb0cce7440d6355cbe0840ca424931f3479ab9acfae");
  ExpectFixture(state);
}

TEST(ReadImageTest, DockerArchiveByAnyNameOrNone) {
  for (const char* name : {"", ":fixture:1", ":docker.io/library/fixture:1",
                           ":127.0.0.1:5055/team/fixture:1", ":@0"}) {
    const proto::ImageState state =
        *Get(absl::StrCat("docker-archive:", kImages, "docker-save.tar", name));
    EXPECT_EQ(state.id(), kDockerId) << name;
    ExpectFixture(state);
  }
}

TEST(ReadImageTest, UnknownNameInDockerArchiveListsTheNames) {
  const auto state =
      Get(absl::StrCat("docker-archive:", kImages, "docker-save.tar:other"));
  EXPECT_TRUE(absl::IsNotFound(state.status()));
  EXPECT_THAT(Message(state),
              HasSubstr("there is fixture:1, 127.0.0.1:5055/team/fixture:1"));
}

TEST(ReadImageTest, OneFormTakenForAnotherIsSaid) {
  EXPECT_THAT(
      Message(Get(absl::StrCat("docker-archive:", kImages, "oci-archive.tar"))),
      HasSubstr("it is an OCI layout: oci-archive:"));
  EXPECT_THAT(
      Message(Get(absl::StrCat("oci-archive:", kImages, "docker-save.tar"))),
      HasSubstr("is no OCI image layout"));
  EXPECT_THAT(Message(Get(absl::StrCat("oci:", kImages))),
              HasSubstr("is no OCI image layout"));
  EXPECT_THAT(Message(Get(absl::StrCat("oci-archive:", kImages))),
              HasSubstr("is a directory"));
  EXPECT_TRUE(absl::IsNotFound(Get("oci-archive:/no/such.tar").status()));
}

// A layout on disk that tests may spoil.
class LayoutTest : public ::testing::Test {
 protected:
  void SetUp() override { Unpack("oci-layout-zstd.tar"); }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(root_).ok()); }

  void Unpack(const std::string& archive) {
    root_ = ::testing::TempDir() + "/layout_test";
    ASSERT_TRUE(sys::RemoveTree(root_).ok());
    ASSERT_TRUE(sys::MakeDirectories(root_).ok());
    ASSERT_EQ(system(absl::StrCat("tar -xf ", kImages, archive, " -C ", root_,
                                  " --strip-components=1")
                         .c_str()),
              0);
  }

  absl::StatusOr<proto::ImageState> Read(absl::string_view name = "") {
    return Get(absl::StrCat("oci:", root_, name.empty() ? "" : ":", name));
  }
  absl::StatusOr<proto::ImageState> ReadFor(absl::string_view platform) {
    return ReadImage(*ParseSource(absl::StrCat("oci:", root_)),
                     *ParsePlatform(platform));
  }

  std::string Text(const std::string& name) {
    return *sys::ReadFile(root_ + "/" + name);
  }
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(sys::WriteFileAtomic(root_ + "/" + name, text).ok());
  }
  static std::string Blob(const std::string& digest) {
    return "blobs/sha256/" + digest.substr(7);
  }

  // Stores `text` as a blob and returns its descriptor.
  std::string Put(const std::string& text, const std::string& media_type,
                  const std::string& more = "") {
    const std::string digest = digest::Sha256Of(text);
    Write(Blob(digest), text);
    return absl::StrCat(R"({"mediaType":")", media_type, R"(","digest":")",
                        digest, R"(","size":)", text.size(), more, "}");
  }
  void WriteIndex(const std::string& descriptors) {
    Write("index.json", absl::StrCat(R"({"schemaVersion":2,"manifests":[)",
                                     descriptors, "]}"));
  }
  // The fixture's manifest, changed, as the layout's only image.
  void ChangeManifest(const std::string& from, const std::string& to) {
    const std::string text = Text(Blob(kZstdManifest));
    ASSERT_TRUE(absl::StrContains(text, from));
    WriteIndex(Put(absl::StrReplaceAll(text, {{from, to}}), kManifestType));
  }

  static constexpr char kManifestType[] =
      "application/vnd.oci.image.manifest.v1+json";
  static constexpr char kIndexType[] =
      "application/vnd.oci.image.index.v1+json";
  static constexpr char kZstdManifest[] =
      "sha256:a4302a3fd342fde55b394801a94d56c6b39bf44141805853f41b109602e5f106";

  std::string root_;
};

TEST_F(LayoutTest, IsReadByTagByDigestAndAlone) {
  for (const std::string& name : {std::string(), std::string("fixture-1"),
                                  absl::StrCat("@", kZstdManifest)}) {
    const proto::ImageState state = *Read(name);
    EXPECT_EQ(state.id(), kSkopeoId);
    EXPECT_EQ(state.manifest_digest(), kZstdManifest);
    EXPECT_EQ(state.layers(0).media_type(),
              "application/vnd.oci.image.layer.v1.tar+zstd");
    ExpectFixture(state);
  }
}

// Since Docker 25.
TEST_F(LayoutTest, DockerArchiveThatIsALayoutTooIsReadAsEither) {
  const proto::ImageState image = *Read();
  std::string layers;
  for (const proto::LayerSource& layer : image.layers()) {
    absl::StrAppend(&layers, layers.empty() ? "" : ",", "\"",
                    Blob(layer.digest()), "\"");
  }
  Write("manifest.json",
        absl::StrCat(R"([{"Config":")", Blob(kSkopeoId),
                     R"(","RepoTags":["a:1"],"Layers":[)", layers, "]}]"));
  const std::string archive = root_ + ".tar";
  ASSERT_EQ(
      system(absl::StrCat("tar -C ", root_, " -cf ", archive, " .").c_str()),
      0);
  for (const char* form : {"docker-archive:", "oci-archive:"}) {
    const proto::ImageState state = *Get(absl::StrCat(form, archive));
    EXPECT_EQ(state.id(), kSkopeoId) << form;
    EXPECT_TRUE(state.layers(0).has_digest()) << form;
    ExpectFixture(state);
  }
  ASSERT_EQ(unlink(archive.c_str()), 0);
}

TEST_F(LayoutTest, DockersImageFromARegistryIsRead) {
  Unpack("oci-layout-registry-docker-v2s2.tar");
  const proto::ImageState state = *Read("fixture-1");
  EXPECT_EQ(state.id(), kSkopeoId);
  ExpectFixture(state);
}

TEST_F(LayoutTest, UnknownTagListsTheTags) {
  const auto state = Read("latest");
  EXPECT_TRUE(absl::IsNotFound(state.status()));
  EXPECT_THAT(Message(state),
              AllOf(HasSubstr("find 'latest'"), HasSubstr("fixture-1")));
}

TEST_F(LayoutTest, SeveralImagesWithoutANameAreAQuestion) {
  const std::string manifest = Text(Blob(kZstdManifest));
  WriteIndex(Put(manifest, kManifestType) + "," + Put(manifest, kManifestType));
  const auto state = Read();
  EXPECT_TRUE(absl::IsInvalidArgument(state.status()));
  EXPECT_THAT(Message(state), HasSubstr("holds several, name one"));
}

TEST_F(LayoutTest, WrongDigestIsDataLoss) {
  std::string manifest = Text(Blob(kZstdManifest));
  manifest[manifest.size() - 3] ^= 1;
  Write(Blob(kZstdManifest), manifest);
  const auto state = Read();
  EXPECT_TRUE(absl::IsDataLoss(state.status()));
  EXPECT_THAT(Message(state),
              AllOf(HasSubstr("manifest"), HasSubstr("digest is sha256:")));
}

TEST_F(LayoutTest, TruncatedManifestConfigAndLayerAreDataLoss) {
  const std::string layer = Read()->layers(1).digest();
  for (const std::string& digest :
       {std::string(kZstdManifest), std::string(kSkopeoId), layer}) {
    const std::string whole = Text(Blob(digest));
    Write(Blob(digest), whole.substr(0, whole.size() / 2));
    const auto state = Read();
    EXPECT_TRUE(absl::IsDataLoss(state.status())) << state.status();
    EXPECT_THAT(Message(state),
                AllOf(HasSubstr(digest), HasSubstr("it is truncated")));
    Write(Blob(digest), whole);
  }
}

TEST_F(LayoutTest, MissingLayerIsNamed) {
  const std::string layer = Read()->layers(1).digest();
  ASSERT_EQ(unlink((root_ + "/" + Blob(layer)).c_str()), 0);
  const auto state = Read();
  EXPECT_TRUE(absl::IsNotFound(state.status()));
  EXPECT_THAT(Message(state), HasSubstr(layer));
}

TEST_F(LayoutTest, MissingForeignLayerIsSaidToBeOne) {
  const std::string layer = Read()->layers(0).digest();
  ASSERT_EQ(unlink((root_ + "/" + Blob(layer)).c_str()), 0);
  ChangeManifest("layer.v1.tar+zstd", "layer.nondistributable.v1.tar+zstd");
  EXPECT_THAT(Message(Read()), HasSubstr("is not distributable"));
}

TEST_F(LayoutTest, ManifestOfTheWrongTypeIsSaidToBeWhatItIs) {
  WriteIndex(Put(R"({"schemaVersion":1,"name":"a","fsLayers":[]})", ""));
  EXPECT_THAT(Message(Read()), HasSubstr("is a Docker schema 1 manifest"));
  WriteIndex(Put(Text(Blob(kSkopeoId)), kManifestType));
  EXPECT_THAT(Message(Read()), HasSubstr("is an image's config, not"));
  WriteIndex(Put(Text(Blob(kZstdManifest)), kIndexType));
  EXPECT_THAT(Message(Read()), HasSubstr("its descriptor says"));
  WriteIndex(Put("{}", "text/plain"));
  EXPECT_THAT(Message(Read()),
              HasSubstr("is text/plain, not an image manifest or index"));
  ChangeManifest("application/vnd.oci.image.config.v1+json",
                 "application/vnd.cncf.helm.config.v1+json");
  EXPECT_THAT(Message(Read()),
              HasSubstr("the manifest of an artifact (its config is "
                        "application/vnd.cncf.helm.config.v1+json)"));
  ChangeManifest("layer.v1.tar+zstd", "layer.v1.zip");
  EXPECT_THAT(Message(Read()), HasSubstr("not a tar"));
}

TEST_F(LayoutTest, NumbersOfLayersMustAgree) {
  std::string config = Text(Blob(kSkopeoId));
  config = absl::StrReplaceAll(config,
                               {{absl::StrCat(",\"", kDiffIds[3], "\""), ""}});
  const std::string digest = digest::Sha256Of(config);
  const std::string size = absl::StrCat(config.size());
  Write(Blob(digest), config);
  std::string manifest = Text(Blob(kZstdManifest));
  manifest = absl::StrReplaceAll(
      manifest, {{kSkopeoId, digest}, {"\"size\":3012", "\"size\":" + size}});
  WriteIndex(Put(manifest, kManifestType));
  EXPECT_THAT(Message(Read()), HasSubstr("has 4 layers, its config has 3"));
}

TEST_F(LayoutTest, PlatformIsChosenFromNestedIndexes) {
  const std::string manifest = Text(Blob(kZstdManifest));
  const std::string inner =
      absl::StrCat(R"({"schemaVersion":2,"manifests":[)",
                   Put("{}", kManifestType,
                       R"(,"platform":{"os":"linux","architecture":"s390x"})"),
                   ",",
                   Put(manifest, kManifestType,
                       R"(,"platform":{"os":"linux","architecture":"amd64"})"),
                   "]}");
  WriteIndex(Put(inner, kIndexType));
  EXPECT_EQ(ReadFor("linux/amd64")->id(), kSkopeoId);
  const auto state = ReadFor("linux/riscv64");
  EXPECT_TRUE(absl::IsNotFound(state.status()));
  EXPECT_THAT(Message(state), HasSubstr("no image for linux/riscv64; there is "
                                        "linux/s390x, linux/amd64"));
}

TEST_F(LayoutTest, PlatformThatWasAskedForMustBeTheImages) {
  EXPECT_TRUE(ReadFor("linux/amd64").ok());
  EXPECT_THAT(Message(ReadFor("linux/arm64")),
              HasSubstr("no image for linux/arm64; there is linux/amd64"));
}

// An index cannot hold its own digest; a chain can be of any length.
TEST_F(LayoutTest, LongChainOfIndexesIsRefused) {
  std::string descriptor = Put(Text(Blob(kZstdManifest)), kManifestType);
  for (int i = 0; i < 10; ++i) {
    descriptor = Put(
        absl::StrCat(R"({"schemaVersion":2,"manifests":[)", descriptor, "]}"),
        kIndexType);
  }
  WriteIndex(descriptor);
  EXPECT_TRUE(absl::IsInvalidArgument(Read().status()));
}

TEST_F(LayoutTest, BlobThatLeadsOutOfTheLayoutIsRefused) {
  const std::string blob = root_ + "/" + Blob(kZstdManifest);
  ASSERT_EQ(rename(blob.c_str(), (root_ + "/../outside").c_str()), 0);
  ASSERT_EQ(symlink("../../../outside", blob.c_str()), 0);
  EXPECT_FALSE(Read().ok());
  ASSERT_EQ(unlink((root_ + "/../outside").c_str()), 0);
}

TEST_F(LayoutTest, FifoIsNotWaitedFor) {
  const std::string blob = root_ + "/" + Blob(kZstdManifest);
  ASSERT_EQ(unlink(blob.c_str()), 0);
  ASSERT_EQ(mkfifo(blob.c_str(), 0600), 0);
  EXPECT_THAT(Message(Read()), HasSubstr("is no regular file"));
}

TEST_F(LayoutTest, OtherLayoutVersionIsRefused) {
  Write("oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  EXPECT_THAT(Message(Read()), HasSubstr("is 2.0.0, not 1.0.0"));
}

TEST_F(LayoutTest, DigestThatIsAPathIsRefused) {
  WriteIndex(R"({"mediaType":")" + std::string(kManifestType) +
             R"(","digest":"sha256:../../index.json","size":1})");
  EXPECT_TRUE(absl::IsInvalidArgument(Read().status()));
}

}  // namespace
}  // namespace cleat::image
