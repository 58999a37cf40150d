#include "lib/cli/session.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/base/utf8.h"
#include "lib/base/version.h"
#include "lib/cli/completion.h"
#include "lib/cli/delivery.h"
#include "lib/cli/help.h"
#include "lib/runtime/user.h"
#include "lib/sys/child.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/interrupt.h"
#include "lib/sys/privilege.h"

namespace cleat::cli {
namespace {

// A descriptor 0-2 that the caller closed would be taken by the first file
// that is opened, and a document or an error would land there.
void OpenStandardDescriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", O_RDWR);
  }
}

absl::Status StartTrace(const proto::CommonOptions& common) {
  const char* file = getenv("CLEAT_TRACE");
  const bool to_file = file != nullptr && *file != 0;
  if (!common.has_trace() && !to_file) return absl::OkStatus();
  const std::string form = common.has_trace() ? common.trace() : "text";
  if (form != "text" && form != "json") {
    return absl::InvalidArgumentError("--trace: 'text' or 'json' is expected");
  }
  int fd = -1;
  if (to_file) {
    CLEAT_ASSIGN_OR_RETURN(
        sys::Fd opened, sys::Open(file, O_WRONLY | O_CREAT | O_APPEND, 0600));
    fd = fcntl(opened.get(), F_DUPFD_CLOEXEC, 64);
  } else {
    fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 64);
  }
  if (fd < 0) return sys::ErrnoError("open the trace");
  trace::Enable(form == "json" ? trace::Form::kJson : trace::Form::kText, fd);
  return absl::OkStatus();
}

// The user's home; "/" for none, which passwd has as one that is not there.
std::string Home() {
  const char* home = getenv("HOME");
  if (home != nullptr && *home == '/') return home;
  const std::string passwd = sys::ReadFile("/etc/passwd").value_or("");
  const auto user =
      runtime::FindUser(passwd, "", absl::StrCat(sys::OuterUser()));
  return user.ok() ? user->home : "/";
}

absl::Status ReadConfig(const Call& call) {
  const proto::CommonOptions& common = call.common(call.options);
  if (!common.has_config()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const std::string json,
                         sys::ReadFile(common.config()));
  return ParseConfig(call.tool, json, common.config(), call.options);
}

std::string AnswerText(const pb::Tool& tool, Request request) {
  switch (request) {
    case Request::kHelp:
      return HelpText(tool);
    case Request::kMan:
      return ManPage(tool);
    case Request::kBash:
      return BashCompletion(tool);
    case Request::kZsh:
      return ZshCompletion(tool);
    case Request::kFish:
      return FishCompletion(tool);
    case Request::kVersion:
    case Request::kRun:
      break;
  }
  return absl::StrCat(tool.name, " ", kVersion, "\n");
}

}  // namespace

absl::Status WithExitStatus(absl::Status status, int exit_status) {
  status.SetPayload(sys::kExitStatusPayload,
                    absl::Cord(absl::StrCat(exit_status)));
  return status;
}

std::string StorePath(const proto::CommonOptions& common) {
  if (common.has_store()) return common.store();
  const char* store = getenv("CLEAT_STORE");
  if (store != nullptr && *store != 0) return store;
  if (sys::OwnsTree()) return "/var/lib/cleat";
  const char* data = getenv("XDG_DATA_HOME");
  if (data != nullptr && *data == '/') return absl::StrCat(data, "/cleat");
  const std::string home = Home();
  if (home != "/" && access(home.c_str(), F_OK) == 0) {
    return absl::StrCat(home, "/.local/share/cleat");
  }
  return absl::StrCat("/tmp/cleat-", sys::OuterUser(), "/store");
}

absl::Status Begin(const Call& call, int argc, char** argv, Request* request) {
  OpenStandardDescriptors();
  signal(SIGPIPE, SIG_IGN);
  CLEAT_RETURN_IF_ERROR(
      ParseArguments(call.tool, argc, argv, call.options, request));
  if (*request != Request::kRun) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(ReadConfig(call));
  return StartTrace(call.common(call.options));
}

int Answer(const pb::Tool& tool, Request request) {
  const absl::Status status = Deliver(AnswerText(tool, request), {});
  if (status.ok()) return kDone;
  PrintError(tool, status);
  return kFailed;
}

void PrintError(const pb::Tool& tool, const absl::Status& status) {
  const std::string message =
      absl::StrReplaceAll(status.message(), {{"\n", "\\n"}, {"\r", "\\r"}});
  const std::string line =
      absl::StrCat(tool.name, ": ", Printable(message), "\n");
  sys::WriteAll(STDERR_FILENO, line, "standard error").IgnoreError();
}

int FailureStatus(const absl::Status& status, int usual) {
  if (sys::InterruptSignal() != 0) sys::DieOfSignal(sys::InterruptSignal());
  int exit_status = usual;
  const auto payload = status.GetPayload(sys::kExitStatusPayload);
  if (payload.has_value() &&
      !absl::SimpleAtoi(std::string(*payload), &exit_status)) {
    return usual;
  }
  // Wrappers have one status for all failures before their program.
  if (usual == kWrapperFailed && exit_status == kNoDocument) return usual;
  return exit_status;
}

}  // namespace cleat::cli
