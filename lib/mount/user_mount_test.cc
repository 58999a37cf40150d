#include "lib/mount/user_mount.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::mount {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ReadOnly = UserMount::ReadOnly;
using Type = UserMount::Type;

std::string ErrorOf(absl::string_view entry) {
  return std::string(ParseUserMount(entry).status().message());
}

TEST(MountFlagTest, DockersExampleIsABind) {
  const UserMount mount =
      *ParseUserMount("mount=type=bind,source=/a b,target=/app,readonly");
  EXPECT_EQ(mount.type, Type::kBind);
  EXPECT_EQ(mount.source, "/a b");
  EXPECT_EQ(mount.target, "/app");
  EXPECT_EQ(mount.read_only, ReadOnly::kWherePossible);
  EXPECT_TRUE(mount.recursive);
  EXPECT_FALSE(mount.make_source);
}

TEST(MountFlagTest, KeysHaveDockersOtherNamesAndAnyCase) {
  const UserMount mount =
      *ParseUserMount("mount=Type=bind,SRC=/a,destination=/b,ro=FALSE");
  EXPECT_EQ(mount.source, "/a");
  EXPECT_EQ(mount.target, "/b");
  EXPECT_EQ(mount.read_only, ReadOnly::kNo);
}

TEST(MountFlagTest, RecursionIsDockers) {
  const std::string bind = "mount=type=bind,src=/a,dst=/b,";
  EXPECT_FALSE(ParseUserMount(bind + "bind-nonrecursive")->recursive);
  EXPECT_FALSE(ParseUserMount(bind + "bind-recursive=disabled")->recursive);
  EXPECT_EQ(ParseUserMount(bind + "ro,bind-recursive=readonly")->read_only,
            ReadOnly::kRecursive);
  EXPECT_EQ(ParseUserMount(bind + "ro,bind-recursive=writable")->read_only,
            ReadOnly::kThisOnly);
  EXPECT_THAT(ErrorOf(bind + "bind-recursive=readonly"),
              HasSubstr("key 'bind-recursive': readonly needs readonly"));
}

TEST(MountFlagTest, TmpfsHasSizeModeAndDockersDefaults) {
  const UserMount mount = *ParseUserMount(
      "mount=type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1770,exec");
  EXPECT_EQ(mount.type, Type::kTmpfs);
  EXPECT_THAT(mount.options, ElementsAre("size=1048576", "mode=1770", "exec",
                                         "nosuid", "nodev"));
}

TEST(MountFlagTest, VolumeIsTheDefaultType) {
  const UserMount mount =
      *ParseUserMount("mount=src=data,dst=/d,volume-nocopy");
  EXPECT_EQ(mount.type, Type::kVolume);
  EXPECT_EQ(mount.source, "data");
  EXPECT_TRUE(mount.no_copy);
  EXPECT_THAT(ErrorOf("mount=src=/data,dst=/d"), HasSubstr("type=bind"));
}

TEST(MountFlagTest, IdmapHasRangesOfItsOwnOrNone) {
  const UserMount mount = *ParseUserMount(
      "mount=type=bind,src=/a,dst=/b,idmap=uids=0-1000-1#5-6-7;gids=0-100-2");
  EXPECT_TRUE(mount.idmap);
  ASSERT_EQ(mount.uids.size(), 2);
  EXPECT_EQ(mount.uids[1].inside, 5);
  EXPECT_EQ(mount.uids[1].outside, 6);
  EXPECT_EQ(mount.uids[1].count, 7);
  EXPECT_EQ(mount.gids.size(), 1);
  EXPECT_TRUE(ParseUserMount("mount=type=bind,src=/a,dst=/b,idmap")->idmap);
}

TEST(MountFlagTest, ErrorNamesTheKey) {
  const std::string bind = "mount=type=bind,src=/a,dst=/b,";
  EXPECT_EQ(ErrorOf("mount=type=bind,src=/a,dst=b"),
            "--mount type=bind,src=/a,dst=b: key 'dst': target 'b': give an "
            "absolute path");
  EXPECT_THAT(ErrorOf(bind + "colour=red"),
              HasSubstr("key 'colour': there is no such key"));
  EXPECT_THAT(ErrorOf(bind + "readonly=maybe"),
              HasSubstr("key 'readonly': give true or false"));
  EXPECT_THAT(ErrorOf(bind + "tmpfs-size=1m"),
              HasSubstr("key 'tmpfs-size': it has no meaning"));
  EXPECT_THAT(ErrorOf(bind + "bind-propagation"),
              HasSubstr("key 'bind-propagation': give it a value"));
  EXPECT_THAT(ErrorOf(bind + "bind-propagation=loud"),
              HasSubstr("propagation 'loud'"));
  EXPECT_THAT(ErrorOf("mount=type=nfs,dst=/b"), HasSubstr("key 'type'"));
  EXPECT_THAT(ErrorOf("mount=type=bind,dst=/b"), HasSubstr("key 'source'"));
  EXPECT_THAT(ErrorOf("mount=type=bind,src=/a"), HasSubstr("key 'target'"));
  EXPECT_THAT(ErrorOf("mount=type=tmpfs,src=x,dst=/b"),
              HasSubstr("key 'src': it has no meaning"));
  EXPECT_THAT(ErrorOf(bind + "idmap=uids=1"), HasSubstr("key 'idmap'"));
  EXPECT_THAT(ErrorOf(bind), HasSubstr("there is no such key"));
}

TEST(VolumeFlagTest, PathsAreBoundAndMadeNamesAreVolumes) {
  const UserMount bind = *ParseUserMount("volume=./src:/app");
  EXPECT_EQ(bind.type, Type::kBind);
  EXPECT_EQ(bind.source, "./src");
  EXPECT_TRUE(bind.make_source);
  EXPECT_EQ(ParseUserMount("volume=data:/app")->type, Type::kVolume);
  EXPECT_EQ(ParseUserMount("volume=/data")->source, "");
}

TEST(VolumeFlagTest, OptionsAreDockersAndPodmans) {
  const UserMount mount =
      *ParseUserMount("volume=/a:/b:rro,Z,rslave,nosuid,noexec,idmap");
  EXPECT_EQ(mount.read_only, ReadOnly::kRecursive);
  EXPECT_EQ(mount.propagation, "rslave");
  EXPECT_THAT(mount.options, ElementsAre("nosuid", "noexec"));
  EXPECT_TRUE(mount.idmap);
  EXPECT_FALSE(ParseUserMount("volume=/a:/b:bind")->recursive);
}

TEST(VolumeFlagTest, ErrorNamesTheOption) {
  EXPECT_EQ(ErrorOf("volume=/a:/b:ro,U"),
            "--volume /a:/b:ro,U: option 'U': there is no such option");
  EXPECT_THAT(ErrorOf("volume=/a:/b:ro,rw"), HasSubstr("contradict"));
  EXPECT_THAT(ErrorOf("volume=/a:/b:ro,rro"), HasSubstr("twice"));
  EXPECT_THAT(ErrorOf("volume=/a:/"), HasSubstr("the root itself"));
  EXPECT_THAT(ErrorOf("volume=/a:b"), HasSubstr("target 'b'"));
  EXPECT_THAT(ErrorOf("volume=a b:/b"), HasSubstr("source 'a b'"));
  EXPECT_THAT(ErrorOf("volume=/a:/b:ro:x"), HasSubstr("SOURCE:TARGET"));
  EXPECT_THAT(ErrorOf("volume="), HasSubstr("target ''"));
}

TEST(TmpfsFlagTest, DockersDefaultsGiveWay) {
  EXPECT_THAT(ParseUserMount("tmpfs=/run")->options,
              ElementsAre("noexec", "nosuid", "nodev"));
  EXPECT_THAT(ParseUserMount("tmpfs=/run:rw,exec,size=64m,mode=755")->options,
              ElementsAre("exec", "size=64m", "mode=755", "nosuid", "nodev"));
  EXPECT_EQ(ParseUserMount("tmpfs=/run:ro")->read_only, ReadOnly::kThisOnly);
  EXPECT_THAT(ErrorOf("tmpfs=/run:colour=red"), HasSubstr("'colour=red'"));
  EXPECT_THAT(ErrorOf("tmpfs=/run:size="), HasSubstr("'size='"));
  EXPECT_THAT(ErrorOf("tmpfs=run"), HasSubstr("target 'run'"));
}

TEST(CleanTargetTest, DotsAreTakenOutWithoutALook) {
  EXPECT_EQ(*CleanTarget("/a//./b/../c/"), "/a/c");
  EXPECT_EQ(*CleanTarget("/../../etc"), "/etc");
  EXPECT_FALSE(CleanTarget("/a/..").ok());
  EXPECT_FALSE(CleanTarget("/").ok());
  EXPECT_FALSE(CleanTarget(absl::string_view("/a\0b", 4)).ok());
}

TEST(UserMountTest, OtherFlagIsRefused) {
  EXPECT_THAT(ErrorOf("bind=/a:/b"), HasSubstr("mounts 'bind=/a:/b'"));
}

}  // namespace
}  // namespace cleat::mount
