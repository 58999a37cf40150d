#include "lib/log/reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "rapidjson/document.h"

namespace cleat::log {
namespace {

constexpr size_t kBlock = size_t{64} << 10;
// A piece of 16 KiB, each byte escaped in six.
constexpr size_t kMaxLine = size_t{1} << 20;
constexpr int kLookEveryMs = 50;

using Sink = absl::FunctionRef<absl::Status(const Entry&)>;

absl::Status Damaged(absl::string_view reason) {
  return absl::DataLossError(absl::StrCat("read log entry: ", reason));
}

const char* StringMember(const rapidjson::Value& object, const char* name) {
  const auto member = object.FindMember(name);
  const bool found = member != object.MemberEnd() && member->value.IsString();
  return found ? member->value.GetString() : nullptr;
}

// Hands out the complete lines of a file that may still grow.
class Lines {
 public:
  explicit Lines(int fd) : fd_(fd) {}

  // All that there is now.
  absl::Status Drain(Sink sink) {
    while (true) {
      const size_t used = pending_.size();
      pending_.resize(used + kBlock);
      const ssize_t count =
          sys::RetryOnEintr([&] { return read(fd_, &pending_[used], kBlock); });
      pending_.resize(used + static_cast<size_t>(count > 0 ? count : 0));
      if (count < 0) return sys::ErrnoError("read log");
      if (count == 0) return absl::OkStatus();
      CLEAT_RETURN_IF_ERROR(HandOut(sink));
    }
  }

 private:
  absl::Status HandOut(Sink sink) {
    size_t begin = 0;
    size_t end;
    while ((end = pending_.find('\n', begin)) != std::string::npos) {
      CLEAT_ASSIGN_OR_RETURN(
          const Entry entry,
          ParseEntry(absl::string_view(pending_).substr(begin, end - begin)));
      CLEAT_RETURN_IF_ERROR(sink(entry));
      begin = end + 1;
    }
    pending_.erase(0, begin);
    if (pending_.size() > kMaxLine) return Damaged("a line without end");
    return absl::OkStatus();
  }

  int fd_;
  std::string pending_;
};

// Tells when a file is appended to; where inotify is exhausted, waiting alone
// does.
class Watch {
 public:
  explicit Watch(const std::string& path)
      : fd_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (fd_.valid()) inotify_add_watch(fd_.get(), path.c_str(), IN_MODIFY);
  }

  void Wait() {
    struct pollfd entry = {fd_.get(), POLLIN, 0};
    if (poll(&entry, 1, kLookEveryMs) <= 0) return;
    char events[4096];
    while (read(fd_.get(), events, sizeof(events)) > 0) {
    }
  }

 private:
  sys::Fd fd_;
};

}  // namespace

absl::StatusOr<Entry> ParseEntry(absl::string_view line) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
  if (document.HasParseError() || !document.IsObject()) {
    return Damaged("not a JSON object");
  }
  const auto text = document.FindMember("log");
  const char* const stream = StringMember(document, "stream");
  if (text == document.MemberEnd() || !text->value.IsString() ||
      stream == nullptr) {
    return Damaged("'log' or 'stream' is missing");
  }
  const char* const time = StringMember(document, "time");
  return Entry{
      std::string(text->value.GetString(), text->value.GetStringLength()),
      absl::string_view(stream) == "stderr" ? Stream::kStderr : Stream::kStdout,
      time == nullptr ? "" : time};
}

absl::Status Replay(const std::string& path, Sink sink) {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd file, sys::Open(path, O_RDONLY));
  return Lines(file.get()).Drain(sink);
}

absl::Status Follow(const std::string& path, Sink sink,
                    absl::FunctionRef<bool()> ended) {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd file, sys::Open(path, O_RDONLY));
  Watch watch(path);
  Lines lines(file.get());
  while (true) {
    // Asked before reading: what was written before the end is read after it.
    const bool last = ended();
    CLEAT_RETURN_IF_ERROR(lines.Drain(sink));
    if (last) return absl::OkStatus();
    watch.Wait();
  }
}

}  // namespace cleat::log
