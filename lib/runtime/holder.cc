#include "lib/runtime/holder.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/log/file.h"
#include "lib/log/json_file.h"
#include "lib/procfs/stat.h"
#include "lib/runtime/exit_file.h"
#include "lib/runtime/status_text.h"
#include "lib/runtime/supervisor.h"
#include "lib/sys/close_others.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/pass_fd.h"
#include "lib/sys/poll_task.h"
#include "lib/tty/pty.h"

namespace cleat::runtime {
namespace {

constexpr size_t kBlock = size_t{64} << 10;
constexpr size_t kMaxReport = size_t{64} << 10;

struct Pipe {
  sys::Fd read;
  sys::Fd write;
};

absl::StatusOr<Pipe> MakePipe(int flags) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | flags) != 0) return sys::ErrnoError("make pipe");
  return Pipe{sys::Fd(ends[0]), sys::Fd(ends[1])};
}

// What the holder says to its parent: lines of the first process's pid and
// start time and of when the program began, and then how it went.
std::string Encode(const absl::StatusOr<Detached>& detached) {
  return absl::StrCat(detached.ok() ? detached->init : -1, "\n",
                      detached.ok() ? detached->init_start_time : 0, "\n",
                      detached.ok() ? detached->started_at : "", "\n",
                      StatusToText(detached.status()));
}

absl::StatusOr<Detached> Decode(const std::string& report) {
  const std::vector<std::string> parts =
      absl::StrSplit(report, absl::MaxSplits('\n', 3));
  Detached detached;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &detached.init) ||
      !absl::SimpleAtoi(parts[1], &detached.init_start_time)) {
    return absl::AbortedError("start the container: its holder was killed");
  }
  CLEAT_RETURN_IF_ERROR(StatusFromText(parts[3]));
  detached.started_at = parts[2];
  return detached;
}

// One of the container's output streams on its way to the log. What cannot be
// written (a full disk) is lost: the container does not stop for it.
class LogStream {
 public:
  // `source` does not block.
  LogStream(int source, log::File* log, log::Stream stream)
      : source_(source), writer_(log, stream) {}

  // What to wait for; -1 at the end.
  int source() const { return source_; }

  // Takes what is there; false at the end.
  bool Read() {
    buffer_.resize(kBlock);
    const ssize_t count = sys::RetryOnEintr(
        [&] { return read(source_, &buffer_[0], buffer_.size()); });
    if (count > 0) {
      writer_.Write(absl::string_view(buffer_).substr(0, count)).IgnoreError();
    }
    const bool more = count > 0 || (count < 0 && errno == EAGAIN);
    if (!more) source_ = -1;
    return more;
  }

  // The rest of it, when nobody writes any more.
  void Finish() {
    while (Read() && errno != EAGAIN) errno = 0;
    writer_.Flush().IgnoreError();
  }

 private:
  int source_;
  log::Writer writer_;
  std::string buffer_;
};

// Both streams of a container; a terminal has but one.
class LogTask : public sys::PollTask {
 public:
  LogTask(int output, int error, log::File* log)
      : output_(output, log, log::Stream::kStdout),
        error_(error, log, log::Stream::kStderr) {}

  void Ask(std::vector<struct pollfd>* entries) override {
    entries->push_back({output_.source(), POLLIN, 0});
    entries->push_back({error_.source(), POLLIN, 0});
  }

  void Answer(const struct pollfd* entries) override {
    if (entries[0].revents != 0) output_.Read();
    if (entries[1].revents != 0) error_.Read();
  }

  void Finish() {
    output_.Finish();
    error_.Finish();
  }

 private:
  LogStream output_;
  LogStream error_;
};

// Everything of the holder's own process.
class Holder {
 public:
  Holder(const proto::oci::Spec& spec, Resources resources,
         const DetachOptions& options)
      : spec_(spec),
        resources_(std::move(resources)),
        directory_(options.state_directory),
        log_options_(options.log) {}

  // Until the program runs.
  absl::StatusOr<Detached> Start() {
    CLEAT_RETURN_IF_ERROR(OpenFiles());
    CLEAT_ASSIGN_OR_RETURN(Supervisor supervisor, Supervisor::Make());
    CLEAT_ASSIGN_OR_RETURN(Container container,
                           Create(spec_, std::move(resources_)));
    CLEAT_ASSIGN_OR_RETURN(const procfs::Stat stat,
                           procfs::ReadStat(container.pid()));
    CLEAT_RETURN_IF_ERROR(container.Start());
    CLEAT_RETURN_IF_ERROR(TakeTerminal());
    supervisor_ = std::make_unique<Supervisor>(std::move(supervisor));
    container_ = std::make_unique<Container>(std::move(container));
    output_.write.Reset();
    error_.write.Reset();
    started_at_ = Timestamp();
    return Detached{-1, container_->pid(),
                    static_cast<int64_t>(stat.start_time), started_at_};
  }

  // Lets go of all that was the caller's; `report` goes last, by its owner.
  void Settle(int report) {
    (void)!chdir("/");
    const sys::Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    for (int fd = 0; fd < 3; ++fd) dup2(null.get(), fd);
    trace::Enable(trace::Form::kOff, -1);
    sys::CloseOthers({report, log_->descriptor(), output_.read.get(),
                      error_.read.get(), pty_.master.get(), pty_.peer.get(),
                      container_->pidfd(), supervisor_->descriptor()});
  }

  // Until the container ends.
  void Hold() {
    const bool terminal = pty_.master.valid();
    LogTask task(terminal ? pty_.master.get() : output_.read.get(),
                 terminal ? -1 : error_.read.get(), &*log_);
    const absl::StatusOr<int> status = supervisor_->Wait(*container_, &task);
    task.Finish();
    proto::ProcessState state;
    state.set_status("stopped");
    if (status.ok()) state.set_exit_status(*status);
    state.set_started_at(started_at_);
    state.set_finished_at(Timestamp());
    WriteExit(directory_, state).IgnoreError();
  }

 private:
  absl::Status OpenFiles() {
    const std::string log =
        log_options_.keep ? absl::StrCat(directory_, "/log") : "/dev/null";
    CLEAT_ASSIGN_OR_RETURN(log_, log::File::Open(log, log_options_));
    if (spec_.process().terminal()) {
      CLEAT_ASSIGN_OR_RETURN(console_, sys::MakeSocketPair());
      resources_.console = console_.child.get();
      return absl::OkStatus();
    }
    CLEAT_ASSIGN_OR_RETURN(output_, MakePipe(0));
    CLEAT_ASSIGN_OR_RETURN(error_, MakePipe(0));
    CLEAT_ASSIGN_OR_RETURN(null_, sys::Open("/dev/null", O_RDONLY));
    for (const Pipe* pipe : {&output_, &error_}) {
      if (fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK) != 0) {
        return sys::ErrnoError("set pipe");
      }
    }
    if (resources_.standard[0] < 0) resources_.standard[0] = null_.get();
    resources_.standard[1] = output_.write.get();
    resources_.standard[2] = error_.write.get();
    return absl::OkStatus();
  }

  // Nobody is at the other end of a terminal in the background: what the
  // program writes there goes to the log, and there is nothing to read.
  absl::Status TakeTerminal() {
    if (!console_.parent.valid()) return absl::OkStatus();
    console_.child.Reset();
    CLEAT_ASSIGN_OR_RETURN(sys::Fd master,
                           sys::ReceiveFd(console_.parent.get()));
    CLEAT_ASSIGN_OR_RETURN(pty_, tty::TakePty(std::move(master)));
    return absl::OkStatus();
  }

  const proto::oci::Spec& spec_;
  Resources resources_;
  std::string directory_;
  log::Options log_options_;
  std::string started_at_;
  sys::Fd null_;
  absl::optional<log::File> log_;
  Pipe output_, error_;
  sys::SocketPair console_;
  tty::Pty pty_;
  std::unique_ptr<Supervisor> supervisor_;
  std::unique_ptr<Container> container_;
};

// Waits for the parent's word that it has been recorded.
bool AwaitRecorded(int gate) {
  char byte;
  return sys::RetryOnEintr([&] { return read(gate, &byte, 1); }) == 1;
}

[[noreturn]] void RunHolder(const proto::oci::Spec& spec, Resources resources,
                            const DetachOptions& options, int gate,
                            sys::Fd report) {
  setsid();
  prctl(PR_SET_NAME, "cleat-holder", 0, 0, 0);
  if (!AwaitRecorded(gate)) _exit(1);
  Holder holder(spec, std::move(resources), options);
  const absl::StatusOr<Detached> detached = holder.Start();
  if (detached.ok()) holder.Settle(report.get());
  sys::WriteAll(report.get(), Encode(detached), "report").IgnoreError();
  report.Reset();
  if (detached.ok()) holder.Hold();
  _exit(0);
}

}  // namespace

absl::StatusOr<Detached> Detach(const proto::oci::Spec& spec,
                                Resources resources,
                                const DetachOptions& options) {
  CLEAT_ASSIGN_OR_RETURN(Pipe gate, MakePipe(0));
  CLEAT_ASSIGN_OR_RETURN(Pipe report, MakePipe(0));
  const pid_t pid = fork();
  if (pid < 0) return sys::ErrnoError("fork the holder");
  if (pid == 0) {
    gate.write.Reset();
    report.read.Reset();
    RunHolder(spec, std::move(resources), options, gate.read.get(),
              std::move(report.write));
  }
  gate.read.Reset();
  report.write.Reset();
  const absl::Status recorded = options.record(pid);
  if (recorded.ok()) (void)!write(gate.write.get(), "", 1);
  gate.write.Reset();
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      sys::ReadAll(report.read.get(), kMaxReport, "the holder's report"));
  absl::StatusOr<Detached> detached =
      recorded.ok() ? Decode(text) : absl::StatusOr<Detached>(recorded);
  if (!detached.ok()) {
    waitpid(pid, nullptr, 0);
    return detached;
  }
  detached->holder = pid;
  return detached;
}

}  // namespace cleat::runtime
