#include "lib/runtime/etc_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class EtcFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    host_ = absl::StrCat(::testing::TempDir(), "/etc_files.", getpid());
    ASSERT_TRUE(sys::MakeDirectories(host_ + "/etc").ok());
    ASSERT_TRUE(sys::MakeDirectories(host_ + "/run/systemd/resolve").ok());
    Write("/etc/hosts", "10.0.0.1 machine");
    Write("/etc/resolv.conf",
          "# of the host\nsearch one two\nnameserver 127.0.0.1\n"
          "nameserver 192.0.2.1\noptions ndots:2\n");
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(host_).ok()); }

  void Write(const std::string& path, const std::string& text) {
    ASSERT_TRUE(sys::WriteFileAtomic(host_ + path, text).ok());
  }
  EtcFiles Make() {
    absl::StatusOr<EtcFiles> files = MakeEtcFiles(network_, "web", host_);
    EXPECT_TRUE(files.ok()) << files.status();
    return files.ok() ? *files : EtcFiles();
  }
  std::string Error() {
    return std::string(MakeEtcFiles(network_, "web", host_).status().message());
  }

  std::string host_;
  proto::NetworkSpec network_;
};

TEST_F(EtcFilesTest, ContainerKnowsLocalhostItselfAndAddedHosts) {
  network_.add_add_host("db:10.1.2.3");
  network_.add_add_host("six=[2001:db8::1]");
  const EtcFiles files = Make();
  EXPECT_THAT(files.hosts, StartsWith("127.0.0.1\tlocalhost\n::1\tlocalhost"));
  EXPECT_THAT(files.hosts, HasSubstr("\n127.0.0.1\tweb\n"
                                     "10.1.2.3\tdb\n2001:db8::1\tsix\n"));
  EXPECT_EQ(files.hostname, "web\n");
}

TEST_F(EtcFilesTest, FullNameIsFollowedByTheShortOne) {
  EXPECT_THAT(MakeEtcFiles(network_, "web.example.org", host_)->hosts,
              HasSubstr("\n127.0.0.1\tweb.example.org web\n"));
}

TEST_F(EtcFilesTest, HostsNetworkHasTheHostsFiles) {
  network_.set_network("host");
  network_.add_add_host("db:10.1.2.3");
  const EtcFiles files = Make();
  EXPECT_EQ(files.hosts, "10.0.0.1 machine\n10.1.2.3\tdb\n");
  EXPECT_THAT(files.resolv_conf, HasSubstr("nameserver 127.0.0.1\n"));
}

TEST_F(EtcFilesTest, JoinedNetworkHasNoAddressForTheName) {
  network_.set_network("ns:/run/netns/x");
  EXPECT_THAT(Make().hosts, Not(HasSubstr("web")));
}

TEST_F(EtcFilesTest, ServersAtLoopbackAreLeftOut) {
  EXPECT_EQ(Make().resolv_conf,
            "# of the host\nsearch one two\nnameserver 192.0.2.1\n"
            "options ndots:2\n");
}

TEST_F(EtcFilesTest, ServersBehindResolvedsStubAreTaken) {
  Write("/etc/resolv.conf", "nameserver 127.0.0.53\n");
  Write("/run/systemd/resolve/resolv.conf", "nameserver 192.0.2.9\n");
  EXPECT_EQ(Make().resolv_conf, "nameserver 192.0.2.9\n");
}

TEST_F(EtcFilesTest, FlagsReplaceTheHostsWordsOneByOne) {
  network_.add_dns("198.51.100.1");
  network_.add_dns("2001:db8::2");
  EXPECT_EQ(Make().resolv_conf,
            "search one two\nnameserver 198.51.100.1\n"
            "nameserver 2001:db8::2\noptions ndots:2\n");
  network_.add_dns_search(".");
  network_.add_dns_option("timeout:1");
  EXPECT_EQ(Make().resolv_conf,
            "nameserver 198.51.100.1\nnameserver 2001:db8::2\n"
            "options timeout:1\n");
}

TEST_F(EtcFilesTest, HostWithoutFilesIsNoError) {
  ASSERT_EQ(unlink((host_ + "/etc/hosts").c_str()), 0);
  ASSERT_EQ(unlink((host_ + "/etc/resolv.conf").c_str()), 0);
  EXPECT_EQ(Make().resolv_conf, "");
  network_.set_network("host");
  EXPECT_THAT(Make().hosts, HasSubstr("localhost"));
}

TEST_F(EtcFilesTest, WrongFlagIsNamed) {
  for (const char* entry :
       {"db", "db:", ":1.2.3.4", "db:1.2.3", "d b:1.2.3.4", "db\n:1.2.3.4"}) {
    EXPECT_THAT(std::string(HostsLine(entry).status().message()),
                HasSubstr("give NAME:ADDRESS"))
        << entry;
  }
  EXPECT_THAT(std::string(HostsLine("h:host-gateway").status().message()),
              HasSubstr("no gateway"));
  network_.add_dns("name.example.org");
  EXPECT_EQ(Error(), "--dns 'name.example.org': give an IP address");
  network_.clear_dns();
  network_.add_dns_search("two words");
  EXPECT_EQ(Error(), "--dns-search 'two words': give one word");
  network_.clear_dns_search();
  network_.add_dns_option("a\nnameserver 1.2.3.4");
  EXPECT_THAT(Error(), HasSubstr("--dns-option"));
}

TEST_F(EtcFilesTest, FilesAreWrittenAndBound) {
  proto::oci::Spec spec;
  spec.mutable_root()->set_readonly(true);
  ASSERT_TRUE(AddEtcFiles(Make(), host_ + "/state/etc", &spec).ok());
  ASSERT_EQ(spec.mounts_size(), 3);
  EXPECT_EQ(spec.mounts(1).destination(), "/etc/hostname");
  EXPECT_EQ(*sys::ReadFile(spec.mounts(1).source()), "web\n");
  EXPECT_EQ(spec.mounts(1).options(2), "ro");
  struct stat info;
  ASSERT_EQ(stat(spec.mounts(0).source().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0644);
}

}  // namespace
}  // namespace cleat::runtime
