#include "lib/runtime/etc_files.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

using Words = std::vector<std::string>;
using Strings = google::protobuf::RepeatedPtrField<std::string>;

constexpr absl::string_view kLocalHosts =
    "127.0.0.1\tlocalhost\n"
    "::1\tlocalhost ip6-localhost ip6-loopback\n"
    "fe00::0\tip6-localnet\n"
    "ff00::0\tip6-mcastprefix\n"
    "ff02::1\tip6-allnodes\n"
    "ff02::2\tip6-allrouters\n";

// systemd-resolved's stub, and where it writes the servers behind it.
constexpr absl::string_view kStub = "127.0.0.53";
constexpr char kBehindStub[] = "/run/systemd/resolve/resolv.conf";

bool IsAddress(const std::string& text) {
  struct in6_addr unused;
  return inet_pton(AF_INET, text.c_str(), &unused) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &unused) == 1;
}

bool IsLoopback(absl::string_view address) {
  return absl::StartsWith(address, "127.") || address == "::1";
}

// Words of a line: nothing that would end it or begin another word.
bool IsWord(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(c) || static_cast<unsigned char>(c) > 127;
  });
}

bool OnHost(const proto::NetworkSpec& network) {
  return network.network() == "host";
}

bool HasOwnLoopbackOnly(const proto::NetworkSpec& network) {
  return network.network().empty() || network.network() == "none";
}

// "web.example.org web", as Docker has it.
std::string NameLine(const std::string& hostname) {
  const std::string brief = hostname.substr(0, hostname.find('.'));
  const bool dotted = brief != hostname && !brief.empty();
  return absl::StrCat("127.0.0.1\t", hostname, dotted ? " " : "",
                      dotted ? brief : "", "\n");
}

absl::StatusOr<std::string> Hosts(const proto::NetworkSpec& network,
                                  const std::string& hostname,
                                  const std::string& host) {
  std::string text(kLocalHosts);
  if (OnHost(network)) {
    text = sys::ReadFile(host + "/etc/hosts").value_or(text);
    if (!text.empty() && text.back() != '\n') text.push_back('\n');
  }
  if (HasOwnLoopbackOnly(network) && IsWord(hostname)) {
    text += NameLine(hostname);
  }
  for (const std::string& entry : network.add_host()) {
    CLEAT_ASSIGN_OR_RETURN(const std::string line, HostsLine(entry));
    text += line;
  }
  return text;
}

// The words behind `keyword`, of all its lines or of the last one.
Words WordsOf(absl::string_view resolv_conf, absl::string_view keyword,
              bool last) {
  Words found;
  for (const absl::string_view line : absl::StrSplit(resolv_conf, '\n')) {
    Words words =
        absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.size() < 2 || words[0] != keyword) continue;
    if (last) found.clear();
    found.insert(found.end(), words.begin() + 1, words.end());
  }
  return found;
}

absl::StatusOr<Words> WordsOrHosts(const char* flag, const Strings& asked,
                                   Words hosts) {
  if (asked.empty()) return hosts;
  for (const std::string& word : asked) {
    if (IsWord(word)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, " '", word, "': give one word"));
  }
  return Words(asked.begin(), asked.end());
}

absl::Status CheckServers(const Strings& servers) {
  for (const std::string& server : servers) {
    // A scope ("fe80::1%eth0") is the resolver's business.
    if (IsAddress(server.substr(0, server.find('%'))) && IsWord(server)) {
      continue;
    }
    return absl::InvalidArgumentError(
        absl::StrCat("--dns '", server, "': give an IP address"));
  }
  return absl::OkStatus();
}

// With any flag, the file is written anew: what the flags do not say is the
// host's.
absl::StatusOr<std::string> Compose(const proto::NetworkSpec& network,
                                    absl::string_view host) {
  CLEAT_RETURN_IF_ERROR(CheckServers(network.dns()));
  CLEAT_ASSIGN_OR_RETURN(
      const Words servers,
      WordsOrHosts("dns", network.dns(), WordsOf(host, "nameserver", false)));
  CLEAT_ASSIGN_OR_RETURN(const Words search,
                         WordsOrHosts("dns-search", network.dns_search(),
                                      WordsOf(host, "search", true)));
  CLEAT_ASSIGN_OR_RETURN(const Words options,
                         WordsOrHosts("dns-option", network.dns_option(),
                                      WordsOf(host, "options", false)));
  std::string text;
  // "." alone asks for no search list.
  if (!search.empty() && search != Words{"."}) {
    absl::StrAppend(&text, "search ", absl::StrJoin(search, " "), "\n");
  }
  for (const std::string& server : servers) {
    absl::StrAppend(&text, "nameserver ", server, "\n");
  }
  if (!options.empty()) {
    absl::StrAppend(&text, "options ", absl::StrJoin(options, " "), "\n");
  }
  return text;
}

// As the container may use it.
std::string HostsResolvConf(const proto::NetworkSpec& network,
                            const std::string& host) {
  const std::string text =
      sys::ReadFile(host + "/etc/resolv.conf").value_or("");
  if (OnHost(network)) return text;
  if (WordsOf(text, "nameserver", false) != Words{std::string(kStub)}) {
    return WithoutLoopback(text);
  }
  return WithoutLoopback(sys::ReadFile(host + kBehindStub).value_or(text));
}

absl::StatusOr<std::string> ResolvConf(const proto::NetworkSpec& network,
                                       const std::string& host) {
  const std::string own = HostsResolvConf(network, host);
  const bool asked = !network.dns().empty() || !network.dns_search().empty() ||
                     !network.dns_option().empty();
  if (!asked) return own;
  return Compose(network, own);
}

// The host's id of the container's user or group 0.
uint32_t RootOf(
    const google::protobuf::RepeatedPtrField<proto::oci::IdMapping>& map,
    uint32_t usual) {
  for (const proto::oci::IdMapping& range : map) {
    if (range.container_id() == 0) return range.host_id();
  }
  return usual;
}

absl::Status WriteOne(const std::string& path, const std::string& text,
                      const proto::oci::Linux& parts) {
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd fd,
      sys::Open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644));
  const uid_t uid = RootOf(parts.uid_mappings(), geteuid());
  const gid_t gid = RootOf(parts.gid_mappings(), getegid());
  const bool others = uid != geteuid() || gid != getegid();
  // The mode is meant whatever the caller's umask.
  if ((others && fchown(fd.get(), uid, gid) != 0) ||
      fchmod(fd.get(), 0644) != 0) {
    return sys::ErrnoError("set owner of ", path);
  }
  return sys::WriteAll(fd.get(), text, path);
}

}  // namespace

absl::StatusOr<std::string> HostsLine(absl::string_view entry) {
  const size_t separator = entry.find_first_of(":=");
  const absl::string_view name = entry.substr(0, separator);
  std::string address;
  if (separator != absl::string_view::npos) {
    address = std::string(entry.substr(separator + 1));
  }
  if (absl::StartsWith(address, "[") && absl::EndsWith(address, "]")) {
    address = address.substr(1, address.size() - 2);
  }
  if (address == "host-gateway") {
    return absl::InvalidArgumentError(absl::StrCat(
        "--add-host '", entry, "': this network has no gateway to the host"));
  }
  if (!IsWord(name) || !IsAddress(address)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--add-host '", entry, "': give NAME:ADDRESS"));
  }
  return absl::StrCat(address, "\t", name, "\n");
}

std::string WithoutLoopback(absl::string_view resolv_conf) {
  Words kept;
  for (const absl::string_view line : absl::StrSplit(resolv_conf, '\n')) {
    const Words words =
        absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    const bool loopback =
        words.size() > 1 && words[0] == "nameserver" && IsLoopback(words[1]);
    if (!loopback) kept.emplace_back(line);
  }
  return absl::StrJoin(kept, "\n");
}

absl::StatusOr<EtcFiles> MakeEtcFiles(const proto::NetworkSpec& network,
                                      const std::string& hostname,
                                      const std::string& host) {
  EtcFiles files;
  CLEAT_ASSIGN_OR_RETURN(files.hosts, Hosts(network, hostname, host));
  CLEAT_ASSIGN_OR_RETURN(files.resolv_conf, ResolvConf(network, host));
  files.hostname = absl::StrCat(hostname, "\n");
  return files;
}

absl::Status AddEtcFiles(const EtcFiles& files, const std::string& directory,
                         proto::oci::Spec* spec) {
  trace::Span span("write files of /etc", directory);
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(directory));
  const struct {
    const char* name;
    const std::string& text;
  } kFiles[] = {{"resolv.conf", files.resolv_conf},
                {"hostname", files.hostname},
                {"hosts", files.hosts}};
  for (const auto& file : kFiles) {
    const std::string path = absl::StrCat(directory, "/", file.name);
    CLEAT_RETURN_IF_ERROR(WriteOne(path, file.text, spec->linux()));
    proto::oci::Mount& mount = *spec->add_mounts();
    mount.set_destination(absl::StrCat("/etc/", file.name));
    mount.set_type("bind");
    mount.set_source(path);
    mount.add_options("rbind");
    mount.add_options("rprivate");
    if (spec->root().readonly()) mount.add_options("ro");
  }
  return absl::OkStatus();
}

}  // namespace cleat::runtime
