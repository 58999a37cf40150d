#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/cli/delivery.h"
#include "lib/cli/session.h"
#include "lib/cli/tool.h"
#include "lib/journal/undo.h"
#include "lib/store/roots.h"
#include "lib/sys/interrupt.h"
#include "proto/layers.table.h"

namespace cleat::cli {
namespace {

using Documents = std::vector<Document>;

absl::StatusOr<Documents> ParseDocuments(absl::string_view stream) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<absl::string_view> texts,
                         SplitDocuments(stream));
  Documents documents;
  for (const absl::string_view text : texts) {
    CLEAT_ASSIGN_OR_RETURN(Document document, Document::Parse(text));
    documents.push_back(std::move(document));
  }
  return documents;
}

absl::Status NoDocument() {
  return WithExitStatus(
      absl::InvalidArgumentError("no document came on standard input"),
      kNoDocument);
}

// Undoes what this tool did for the container; of one that nobody keeps,
// everything.
void Abandon(const pb::Tool& tool, Document& document) {
  if (!document.HasInstance()) return;
  journal::Instance* instance = *document.Instance();
  // One that is gone is not kept; unwinding it does nothing.
  const absl::Status status =
      instance->Kept().value_or(false)
          ? journal::UndoFrom(*instance, document.inherited_steps(), {})
          : journal::Unwind(*instance, {});
  if (!status.ok()) PrintError(tool, status);
  document.DropInstance();
}

void Abandon(const pb::Tool& tool, Documents& documents) {
  for (Document& document : documents) Abandon(tool, document);
}

// A tool that fails before it could take its input: whatever comes is
// abandoned all the same.
void AbandonInput(const pb::Tool& tool, absl::string_view stream) {
  const auto texts = SplitDocuments(stream);
  if (!texts.ok()) return;
  for (const absl::string_view text : *texts) {
    absl::StatusOr<Document> document = Document::Parse(text);
    if (document.ok() && document->ClaimInstance().ok()) {
      Abandon(tool, *document);
    }
  }
}

absl::StatusOr<Documents> ExistingContainer(const std::string& reference) {
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  CLEAT_ASSIGN_OR_RETURN(const std::string id,
                         journal::Resolve(root, reference));
  CLEAT_ASSIGN_OR_RETURN(const journal::Instance instance,
                         journal::Instance::Open(root, id));
  CLEAT_ASSIGN_OR_RETURN(const std::string json, instance.ReadDocument());
  return ParseDocuments(json);
}

absl::Status ApplyLabels(const proto::FilterOptions& filter,
                         proto::Container& envelope) {
  for (const std::string& label : filter.label()) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(label, absl::MaxSplits('=', 1));
    if (parts.first.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--label: '", label, "' is not KEY=VALUE"));
    }
    (*envelope.mutable_labels())[parts.first] = parts.second;
  }
  return absl::OkStatus();
}

absl::Status ApplyName(const proto::FilterOptions& filter,
                       proto::Container& envelope) {
  if (!filter.has_name()) return absl::OkStatus();
  if (envelope.has_id() && envelope.name() != filter.name()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--name: the container exists already, as '",
                     envelope.name(), "'; only a new one can be named"));
  }
  envelope.set_name(filter.name());
  return absl::OkStatus();
}

// The journal is the truth: the document shows it, and the state directory
// has the document.
absl::Status Settle(Document& document) {
  if (!document.HasInstance()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(journal::Instance * instance, document.Instance());
  CLEAT_ASSIGN_OR_RETURN(const std::vector<proto::Step> steps,
                         instance->Steps());
  document.envelope().clear_steps();
  for (const proto::Step& step : steps) {
    *document.envelope().add_steps() = step;
  }
  return instance->WriteDocument(document.ToJson());
}

class Job {
 public:
  explicit Job(const FilterCall& call)
      : call_(call),
        tool_(call.call.tool),
        filter_(call.filter(call.call.options)) {}

  absl::Status Read(bool exactly_one) {
    CLEAT_ASSIGN_OR_RETURN(documents_, ReadDocuments());
    if (documents_.empty()) return NoDocument();
    if (exactly_one && documents_.size() != 1) {
      return absl::InvalidArgumentError(absl::StrCat(
          "one document is expected, ", documents_.size(), " came"));
    }
    // From here on there may be effects to undo.
    sys::CatchInterrupts();
    if (filter_.each() && !exactly_one) return absl::OkStatus();
    for (Document& document : documents_) {
      CLEAT_RETURN_IF_ERROR(Take(document));
    }
    return absl::OkStatus();
  }

  // All documents succeed, or none does.
  absl::Status RunAll(Outcome* outcome) {
    for (Document& document : documents_) {
      CLEAT_ASSIGN_OR_RETURN(*outcome, call_.run(call_.call.options, document));
      CLEAT_RETURN_IF_ERROR(sys::CheckInterrupt());
      if (outcome->emit) CLEAT_RETURN_IF_ERROR(Settle(document));
    }
    return absl::OkStatus();
  }

  // --each: those that fail are named, undone and left out.
  int RunEach() {
    Documents done;
    for (Document& document : documents_) {
      absl::Status status = Take(document);
      if (status.ok()) {
        status = call_.run(call_.call.options, document).status();
      }
      status.Update(sys::CheckInterrupt());
      if (status.ok()) status.Update(Settle(document));
      if (status.ok()) {
        done.push_back(std::move(document));
        continue;
      }
      PrintError(tool_, status);
      Abandon(tool_, document);
    }
    const bool all = done.size() == documents_.size();
    documents_ = std::move(done);
    return all ? kDone : kFailed;
  }

  absl::Status Deliver(const Outcome& outcome) {
    if (!outcome.answer.empty()) {
      CLEAT_RETURN_IF_ERROR(
          cli::Deliver(absl::StrCat(outcome.answer, "\n"), {}));
    }
    const bool keep =
        outcome.keep || filter_.keep() || KeepsOutput(filter_.output());
    if (outcome.answer.empty() || filter_.has_output()) {
      CLEAT_RETURN_IF_ERROR(DeliverDocuments(keep));
    }
    return keep ? KeepAll() : absl::OkStatus();
  }

  void AbandonAll() { Abandon(tool_, documents_); }
  void AbandonUnread() {
    if (documents_.empty()) AbandonInput(tool_, input_);
  }

 private:
  absl::StatusOr<Documents> ReadDocuments() {
    if (filter_.has_id()) return ExistingContainer(filter_.id());
    if (!filter_.has_input() && call_.is_source(call_.call.options)) {
      Documents documents;
      documents.emplace_back();
      return documents;
    }
    CLEAT_ASSIGN_OR_RETURN(input_, ReadInput(tool_.name, filter_.input()));
    return ParseDocuments(input_);
  }

  absl::Status Take(Document& document) {
    CLEAT_RETURN_IF_ERROR(document.ClaimInstance());
    CLEAT_RETURN_IF_ERROR(ApplyName(filter_, document.envelope()));
    return ApplyLabels(filter_, document.envelope());
  }

  absl::Status DeliverDocuments(bool keep) {
    std::string lines;
    bool effects = false;
    for (const Document& document : documents_) {
      absl::StrAppend(&lines, document.ToJson(), "\n");
      effects = effects || document.HasInstance();
    }
    CLEAT_RETURN_IF_ERROR(cli::Deliver(
        lines, {filter_.output(), filter_.if_changed(), effects && !keep}));
    return filter_.has_output() ? KeepLayers() : absl::OkStatus();
  }

  // What the file names stays in the store as long as the file is there.
  absl::Status KeepLayers() {
    if (!KeepsOutput(filter_.output())) return absl::OkStatus();
    for (const Document& document : documents_) {
      CLEAT_ASSIGN_OR_RETURN(const proto::Layers layers,
                             document.Get<proto::Layers>("layers"));
      if (!layers.has_state()) continue;
      CLEAT_RETURN_IF_ERROR(
          store::RecordRoot(layers.state().store(), filter_.output()));
    }
    return absl::OkStatus();
  }

  absl::Status KeepAll() {
    for (Document& document : documents_) {
      if (!document.HasInstance()) continue;
      CLEAT_ASSIGN_OR_RETURN(journal::Instance * instance, document.Instance());
      CLEAT_RETURN_IF_ERROR(instance->Keep());
    }
    return absl::OkStatus();
  }

  const FilterCall& call_;
  const pb::Tool& tool_;
  const proto::FilterOptions& filter_;
  std::string input_;
  Documents documents_;
};

// Whether the tool would have read documents from standard input.
bool ReadsStandardInput(const FilterCall& call) {
  const proto::FilterOptions& filter = call.filter(call.call.options);
  return !call.is_source(call.call.options) && !filter.has_id() &&
         (!filter.has_input() || filter.input() == "-");
}

int Fail(const FilterCall& call, Job* job, const absl::Status& status,
         int usual) {
  PrintError(call.call.tool, status);
  job->AbandonUnread();
  job->AbandonAll();
  return FailureStatus(status, usual);
}

int FailUsage(const FilterCall& call, const absl::Status& status, int usual) {
  PrintError(call.call.tool, status);
  if (ReadsStandardInput(call)) AbandonInput(call.call.tool, DrainInput());
  return FailureStatus(status, usual);
}

}  // namespace

absl::StatusOr<std::vector<Document>> ReadDocuments(const pb::Tool& tool,
                                                    const std::string& input) {
  CLEAT_ASSIGN_OR_RETURN(const std::string stream, ReadInput(tool.name, input));
  CLEAT_ASSIGN_OR_RETURN(Documents documents, ParseDocuments(stream));
  if (documents.empty()) return NoDocument();
  return documents;
}

int RunFilter(const FilterCall& call, int argc, char** argv) {
  Request request;
  absl::Status status = Begin(call.call, argc, argv, &request);
  if (!status.ok()) return FailUsage(call, status, kUsage);
  if (request != Request::kRun) return Answer(call.call.tool, request);

  Job job(call);
  status = job.Read(/*exactly_one=*/false);
  if (!status.ok()) return Fail(call, &job, status, kFailed);

  int result = kDone;
  bool emit = true;
  if (call.filter(call.call.options).each()) {
    result = job.RunEach();
    status = sys::CheckInterrupt();
    if (!status.ok()) return Fail(call, &job, status, kFailed);
  } else {
    Outcome outcome;
    status = job.RunAll(&outcome);
    if (!status.ok()) return Fail(call, &job, status, kFailed);
    emit = outcome.emit;
  }
  if (emit) status = job.Deliver(Outcome());
  if (!status.ok()) return Fail(call, &job, status, kFailed);
  return result;
}

int RunRunner(const FilterCall& call, int argc, char** argv) {
  Request request;
  absl::Status status = Begin(call.call, argc, argv, &request);
  if (!status.ok()) return FailUsage(call, status, kWrapperFailed);
  if (request != Request::kRun) return Answer(call.call.tool, request);

  Job job(call);
  status = job.Read(/*exactly_one=*/true);
  Outcome outcome;
  if (status.ok()) status = job.RunAll(&outcome);
  if (status.ok() && outcome.emit) status = job.Deliver(outcome);
  if (!status.ok()) return Fail(call, &job, status, kWrapperFailed);
  if (!outcome.emit) job.AbandonAll();
  return outcome.exit_status;
}

}  // namespace cleat::cli
