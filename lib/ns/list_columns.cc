#include "lib/ns/list_columns.h"

#include <algorithm>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/ns/describe.h"

namespace cleat::ns {
namespace {

using proto::ListedNamespace;
using proto::NamespaceHolder;

// More holders than these are counted only.
constexpr int kHoldersShown = 3;
// Of the name of a program, which may be as long as its arguments can be.
constexpr size_t kProgramShown = 32;
constexpr absl::string_view kUsual = "NS,TYPE,NPROCS,PID,USER,HELD-BY,COMMAND";

// The text of an optional number; proto3's presence is a method of each field.
template <typename Number>
std::string Text(bool has, Number number) {
  return has ? absl::StrCat(number) : "";
}

// The process, and its program's name without directory.
std::string Who(const NamespaceHolder& holder) {
  absl::string_view program = holder.command();
  program = program.substr(0, program.find(' '));
  program = program.substr(program.rfind('/') + 1).substr(0, kProgramShown);
  return absl::StrCat(holder.pid(), " (", program, ")");
}

std::string HolderText(const NamespaceHolder& holder) {
  std::string text = holder.kind();
  if (holder.has_descriptor()) {
    text = absl::StrCat("fd ", holder.descriptor(), " of ", Who(holder));
  } else if (holder.has_thread()) {
    text = absl::StrCat("thread ", holder.thread(), " of ", Who(holder));
  } else if (holder.has_path()) {
    text = absl::StrCat("mount ", holder.path());
  } else if (holder.has_ns()) {
    text = absl::StrCat(holder.kind(), " of ", holder.ns());
  } else if (holder.has_pid()) {
    text = absl::StrCat(holder.kind(), " of ", Who(holder));
  }
  if (holder.more() != 0) absl::StrAppend(&text, " +", holder.more());
  return text;
}

std::string HeldBy(const ListedNamespace& listed) {
  std::vector<std::string> texts;
  for (const NamespaceHolder& holder : listed.holders()) {
    if (texts.size() == kHoldersShown) {
      texts.push_back(absl::StrCat("+", listed.holders_size() - kHoldersShown));
      break;
    }
    texts.push_back(HolderText(holder));
  }
  return absl::StrJoin(texts, ", ");
}

std::string Mounts(const ListedNamespace& listed) {
  std::vector<absl::string_view> paths;
  for (const NamespaceHolder& holder : listed.holders()) {
    if (holder.has_path()) paths.push_back(holder.path());
  }
  return absl::StrJoin(paths, ",");
}

template <typename Ranges>
std::string MapText(const Ranges& ranges) {
  return absl::StrJoin(ranges, ",",
                       [](std::string* out, const proto::ListedIdRange& range) {
                         absl::StrAppend(out, range.inside(), ":",
                                         range.outside(), ":", range.count());
                       });
}

std::string Peers(const ListedNamespace& listed) {
  return absl::StrJoin(
      listed.peers(), ",", [](std::string* out, const proto::NetPeer& peer) {
        absl::StrAppend(
            out, peer.link(), ">",
            peer.has_peer_link() ? peer.peer_link()
                                 : absl::StrCat(peer.peer_index()),
            "@", peer.has_peer_ns() ? absl::StrCat(peer.peer_ns()) : "?");
      });
}

using Listed = const ListedNamespace&;

constexpr ListColumn kColumns[] = {
    {"NS", "inode number", 0, [](Listed l) { return absl::StrCat(l.ns()); }},
    {"TYPE", "kind of namespace", 0, [](Listed l) { return l.type(); }},
    {"ID", "number that is unique until the next boot", 0,
     [](Listed l) { return Text(l.has_id(), l.id()); }},
    {"NPROCS", "processes in it", 0,
     [](Listed l) { return absl::StrCat(l.processes()); }},
    {"PID", "the lowest of them", 0,
     [](Listed l) { return Text(l.has_pid(), l.pid()); }},
    {"PPID", "parent of PID", kDetailParent,
     [](Listed l) { return Text(l.has_ppid(), l.ppid()); }},
    {"NSPID", "numbers of PID, by level", kDetailNumbers,
     [](Listed l) { return LevelsText(l.nspid()); }},
    {"UID", "user of PID", kDetailUser,
     [](Listed l) { return Text(l.has_uid(), l.uid()); }},
    {"USER", "his name", kDetailUser, [](Listed l) { return l.user(); }},
    {"CONTAINER", "container whose first process is in it", kDetailContainer,
     [](Listed l) { return l.container(); }},
    {"PATH", "a file that opens it", 0, [](Listed l) { return l.path(); }},
    {"NSFS", "where it is mounted", 0, Mounts},
    {"PNS", "parent (of user and pid)", 0,
     [](Listed l) { return Text(l.has_parent(), l.parent()); }},
    {"ONS", "owner, a user namespace", 0,
     [](Listed l) { return Text(l.has_owner(), l.owner()); }},
    {"OUID", "who made it (a user namespace)", 0,
     [](Listed l) { return Text(l.has_maker(), l.maker()); }},
    {"UIDMAP", "users inside:outside:count", kDetailMaps,
     [](Listed l) { return MapText(l.uid_map()); }},
    {"GIDMAP", "groups inside:outside:count", kDetailMaps,
     [](Listed l) { return MapText(l.gid_map()); }},
    {"NETNSID", "number that the own net namespace has for it", kDetailNetns,
     [](Listed l) { return Text(l.has_netnsid(), l.netnsid()); }},
    {"PEERS", "what connects it with other net namespaces", kDetailPeers,
     Peers},
    {"HELD-BY", "what keeps it beside processes", kDetailCommand, HeldBy},
    {"COMMAND", "command line of PID", kDetailCommand,
     [](Listed l) { return l.command(); }},
};

std::string ColumnNames() {
  return absl::StrJoin(kColumns, " ",
                       [](std::string* out, const ListColumn& column) {
                         absl::StrAppend(out, column.name);
                       });
}

absl::Status AddColumns(absl::string_view list, ListColumns* columns) {
  for (const absl::string_view name : absl::StrSplit(list, ',')) {
    const auto* const column = std::find_if(
        std::begin(kColumns), std::end(kColumns), [&](const ListColumn& c) {
          return absl::EqualsIgnoreCase(c.name, name);
        });
    if (column == std::end(kColumns)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--output: no column '", name, "' (there are ", ColumnNames(), ")"));
    }
    columns->push_back(column);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ListColumns> ParseListColumns(absl::string_view list) {
  ListColumns columns;
  if (list.empty() || absl::ConsumePrefix(&list, "+")) {
    CLEAT_RETURN_IF_ERROR(AddColumns(kUsual, &columns));
    if (list.empty()) return columns;
  }
  CLEAT_RETURN_IF_ERROR(AddColumns(list, &columns));
  return columns;
}

ListColumns AllListColumns() {
  ListColumns columns;
  for (const ListColumn& column : kColumns) columns.push_back(&column);
  return columns;
}

std::string LevelsText(const google::protobuf::RepeatedField<int32_t>& nspid) {
  return absl::StrJoin(nspid, "/");
}

}  // namespace cleat::ns
