#include "lib/journal/journal_file.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/pb/json.h"
#include "proto/journal.table.h"

namespace cleat::journal {
namespace {

constexpr absl::string_view kDocumentStart = "{\"document\":";

absl::Status TakeRecord(absl::string_view line, absl::string_view name,
                        JournalContents* contents) {
  proto::JournalRecord record;
  CLEAT_RETURN_IF_ERROR(pb::ParseJson(line, name, &record));
  switch (record.record_case()) {
    case proto::JournalRecord::kBegun:
      contents->header = record.begun();
      break;
    case proto::JournalRecord::kClaim:
      contents->claims.push_back(record.claim());
      break;
    case proto::JournalRecord::kStep:
      contents->steps.push_back(record.step());
      break;
    case proto::JournalRecord::kKept:
      contents->kept = record.kept();
      break;
    case proto::JournalRecord::kNeededBy:
      contents->needed_by.push_back(record.needed_by());
      break;
    case proto::JournalRecord::RECORD_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status TakeLine(absl::string_view line, absl::string_view name,
                      JournalContents* contents) {
  absl::string_view json = line;
  if (absl::ConsumePrefix(&json, kDocumentStart) &&
      absl::ConsumeSuffix(&json, "}")) {
    contents->document = std::string(json);
    return absl::OkStatus();
  }
  return TakeRecord(line, name, contents);
}

}  // namespace

absl::StatusOr<JournalContents> ParseJournal(absl::string_view text,
                                             absl::string_view name) {
  JournalContents contents;
  while (true) {
    const size_t end = text.find('\n');
    if (end == absl::string_view::npos) break;
    CLEAT_RETURN_IF_ERROR(TakeLine(text.substr(0, end), name, &contents));
    text.remove_prefix(end + 1);
  }
  if (contents.header.has_boot_id()) return contents;
  return absl::NotFoundError(absl::StrCat(name, ": no container began here"));
}

std::string JournalLine(const proto::JournalRecord& record) {
  return absl::StrCat(pb::ToJson(record), "\n");
}

std::string DocumentLine(absl::string_view json) {
  return absl::StrCat(kDocumentStart, json, "}\n");
}

std::string FormatJournal(const JournalContents& contents) {
  proto::JournalRecord record;
  *record.mutable_begun() = contents.header;
  std::string text = JournalLine(record);
  for (const proto::ProcessId& claim : contents.claims) {
    *record.mutable_claim() = claim;
    text += JournalLine(record);
  }
  for (const proto::Step& step : contents.steps) {
    *record.mutable_step() = step;
    text += JournalLine(record);
  }
  for (const std::string& id : contents.needed_by) {
    record.set_needed_by(id);
    text += JournalLine(record);
  }
  if (!contents.document.empty()) text += DocumentLine(contents.document);
  record.set_kept(contents.kept);
  if (contents.kept) text += JournalLine(record);
  return text;
}

}  // namespace cleat::journal
