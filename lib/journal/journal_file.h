#ifndef CLEAT_LIB_JOURNAL_JOURNAL_FILE_H_
#define CLEAT_LIB_JOURNAL_JOURNAL_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/container.pb.h"
#include "proto/journal.pb.h"

// The form of a container's journal: JSON, one object per line, appended with
// one write each. The first is the header; the others come in any order:
//
//   {"begun":{"bootId":"…","created":"2026-01-02T03:04:05Z","name":"web"}}
//   {"claim":{"pid":7,"startTime":1234}}
//   {"step":{"tool":"cgset","cgroup":"/sys/fs/cgroup/memory/cleat-…"}}
//   {"document":{…}}      as the last tool left it, byte for byte
//   {"kept":true}
//   {"neededBy":"0c5f…"}  a container that uses this one's namespaces
//
// A last line without its end was cut off, by a crash or a full disk, before
// what it announces was done: it does not count.

namespace cleat::journal {

struct JournalContents {
  proto::JournalHeader header;
  std::vector<proto::ProcessId> claims;
  std::vector<proto::Step> steps;
  bool kept = false;
  std::vector<std::string> needed_by;
  // The last one, as JSON; empty when no tool has completed yet.
  std::string document;
};

// kNotFound when it has no header yet, kInvalidArgument naming `name` and the
// line for what is no journal.
absl::StatusOr<JournalContents> ParseJournal(absl::string_view text,
                                             absl::string_view name);

// A line, with its end.
std::string JournalLine(const proto::JournalRecord& record);
std::string DocumentLine(absl::string_view json);

// All of it, as one would write it anew.
std::string FormatJournal(const JournalContents& contents);

}  // namespace cleat::journal

#endif  // CLEAT_LIB_JOURNAL_JOURNAL_FILE_H_
