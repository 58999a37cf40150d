#include "lib/cli/completion.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace cleat::cli {
namespace {

struct Known {
  absl::string_view value;
  Source source;
  absl::string_view words;
};

constexpr absl::string_view kSignals =
    "TERM|KILL|INT|HUP|QUIT|USR1|USR2|WINCH|CONT|STOP";
constexpr absl::string_view kCapabilities =
    "ALL|CHOWN|DAC_OVERRIDE|DAC_READ_SEARCH|FOWNER|FSETID|KILL|SETGID|SETUID|"
    "SETPCAP|LINUX_IMMUTABLE|NET_BIND_SERVICE|NET_BROADCAST|NET_ADMIN|NET_RAW|"
    "IPC_LOCK|IPC_OWNER|SYS_MODULE|SYS_RAWIO|SYS_CHROOT|SYS_PTRACE|SYS_PACCT|"
    "SYS_ADMIN|SYS_BOOT|SYS_NICE|SYS_RESOURCE|SYS_TIME|SYS_TTY_CONFIG|MKNOD|"
    "LEASE|AUDIT_WRITE|AUDIT_CONTROL|SETFCAP|MAC_OVERRIDE|MAC_ADMIN|SYSLOG|"
    "WAKE_ALARM|BLOCK_SUSPEND|AUDIT_READ|PERFMON|BPF|CHECKPOINT_RESTORE";

constexpr Known kKnown[] = {
    {"FILE", Source::kFiles, ""},
    {"DIR", Source::kDirectories, ""},
    {"ID", Source::kContainers, ""},
    {"ID [PS-OPTION...]", Source::kContainers, ""},
    {"IMAGE", Source::kImages, ""},
    {"PROGRAM", Source::kPrograms, ""},
    {"PROGRAM [ARG...]", Source::kPrograms, ""},
    {"IMAGE [ARG...]", Source::kImages, ""},
    {"SRC DEST", Source::kCopies, ""},
    {"SIGNAL", Source::kWords, kSignals},
    {"CAPABILITY", Source::kWords, kCapabilities},
    {"FORM", Source::kWords, "json|text|binary"},
};

// "text|json": lower case, as words are typed; "UID|NAME" stands for others.
bool IsChoice(absl::string_view value) {
  return absl::StrContains(value, '|') &&
         value.find_first_not_of("abcdefghijklmnopqrstuvwxyz-|") ==
             absl::string_view::npos;
}

}  // namespace

Values ValuesOf(const pb::Flag& flag) {
  const absl::string_view value = flag.value;
  if (IsChoice(value)) return {Source::kWords, absl::StrSplit(value, '|')};
  for (const Known& known : kKnown) {
    if (value != known.value) continue;
    return {known.source, absl::StrSplit(known.words, '|', absl::SkipEmpty())};
  }
  return {};
}

absl::string_view BriefHelp(const pb::Flag& flag) {
  const absl::string_view help = flag.help;
  return absl::StripSuffix(help.substr(0, help.find(". ")), ".");
}

bool NeedsValue(const pb::Flag& flag) {
  return flag.field->type != pb::Type::kBool && flag.implied == nullptr;
}

Operands OperandsOf(const pb::Tool& tool) {
  for (const pb::Flag& flag : tool) {
    if (flag.operand) return {ValuesOf(flag), flag.field->repeated};
  }
  return {};
}

}  // namespace cleat::cli
