#include "lib/log/reader.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/log/parts.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "rapidjson/document.h"

namespace cleat::log {
namespace {

constexpr size_t kBlock = size_t{64} << 10;
// A piece of 16 KiB, each byte escaped in six.
constexpr size_t kMaxLine = size_t{1} << 20;
// Where inotify is exhausted.
constexpr int kLookEveryMs = 50;

absl::Status Damaged(absl::string_view reason) {
  return absl::DataLossError(absl::StrCat("read log entry: ", reason));
}

const char* StringMember(const rapidjson::Value& object, const char* name) {
  const auto member = object.FindMember(name);
  const bool found = member != object.MemberEnd() && member->value.IsString();
  return found ? member->value.GetString() : nullptr;
}

// Hands out the selected entries of files that may still grow.
class Lines {
 public:
  Lines(const Selection& selection, Sink sink)
      : selection_(selection), sink_(sink) {}

  // Whether an entry was later than all that are wanted.
  bool done() const { return done_; }

  // All that there is now.
  absl::Status Drain(const Part& part) {
    while (!done_) {
      const size_t used = pending_.size();
      pending_.resize(used + kBlock);
      const ssize_t count = sys::RetryOnEintr(
          [&] { return read(part.fd.get(), &pending_[used], kBlock); });
      pending_.resize(used + static_cast<size_t>(count > 0 ? count : 0));
      if (count < 0) return sys::ErrnoError("read log");
      if (count == 0) return absl::OkStatus();
      CLEAT_RETURN_IF_ERROR(HandOut());
    }
    return absl::OkStatus();
  }

  // All of a file to which nothing comes any more.
  absl::Status Finish(const Part& part) {
    CLEAT_RETURN_IF_ERROR(Drain(part));
    pending_.clear();
    return absl::OkStatus();
  }

 private:
  absl::Status HandOut() {
    size_t begin = 0;
    size_t end;
    while (!done_ && (end = pending_.find('\n', begin)) != std::string::npos) {
      CLEAT_ASSIGN_OR_RETURN(
          const Entry entry,
          ParseEntry(absl::string_view(pending_).substr(begin, end - begin)));
      done_ = entry.time > selection_.until;
      if (!done_ && entry.time >= selection_.since) {
        CLEAT_RETURN_IF_ERROR(sink_(entry));
      }
      begin = end + 1;
    }
    pending_.erase(0, begin);
    if (pending_.size() > kMaxLine) return Damaged("a line without end");
    return absl::OkStatus();
  }

  const Selection& selection_;
  Sink sink_;
  std::string pending_;
  bool done_ = false;
};

// Tells when a file is appended to or gives its name to the next one.
class Watch {
 public:
  explicit Watch(const Part& part)
      : fd_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    const std::string path = absl::StrCat("/proc/self/fd/", part.fd.get());
    works_ = fd_.valid() && inotify_add_watch(fd_.get(), path.c_str(),
                                              IN_MODIFY | IN_ATTRIB) >= 0;
  }

  // Until then, or until `writer` has ended.
  void Wait(int writer) {
    struct pollfd entries[] = {{writer, POLLIN, 0}, {fd_.get(), POLLIN, 0}};
    poll(entries, 2, works_ ? -1 : kLookEveryMs);
    char events[4096];
    while (read(fd_.get(), events, sizeof(events)) > 0) {
    }
  }

 private:
  sys::Fd fd_;
  bool works_ = false;
};

bool HasEnded(int writer) {
  struct pollfd entry = {writer, POLLIN, 0};
  return poll(&entry, 1, 0) > 0;
}

absl::StatusOr<std::vector<Part>> Select(const std::string& path,
                                         const Selection& selection) {
  CLEAT_ASSIGN_OR_RETURN(std::vector<Part> parts, OpenParts(path));
  if (selection.tail >= 0) {
    CLEAT_RETURN_IF_ERROR(SeekToTail(selection.tail, &parts));
  }
  return parts;
}

// Reads all parts but the last to their ends, and that as far as it goes now.
absl::StatusOr<Part> ReadParts(std::vector<Part> parts, Lines& lines) {
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    CLEAT_RETURN_IF_ERROR(lines.Finish(parts[i]));
  }
  CLEAT_RETURN_IF_ERROR(lines.Drain(parts.back()));
  return std::move(parts.back());
}

// Follows one file until it is not the last one any more; returns those that
// came after it, or none at the end of everything.
absl::StatusOr<std::vector<Part>> FollowPart(const std::string& path,
                                             const Part& part, int writer,
                                             Lines& lines) {
  Watch watch(part);
  while (true) {
    // Asked before reading: what was written before the end is read after it.
    const bool last = HasEnded(writer);
    absl::StatusOr<std::vector<Part>> next = PartsAfter(path, part);
    // The container may be gone by now with all of its files.
    if (absl::IsNotFound(next.status())) next = std::vector<Part>();
    if (!next.ok()) return next.status();
    CLEAT_RETURN_IF_ERROR(next->empty() ? lines.Drain(part)
                                        : lines.Finish(part));
    if (last || lines.done() || !next->empty()) return next;
    watch.Wait(writer);
  }
}

}  // namespace

absl::StatusOr<Entry> ParseEntry(absl::string_view line) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
  if (document.HasParseError() || !document.IsObject()) {
    return Damaged("not a JSON object");
  }
  const auto text = document.FindMember("log");
  const char* const stream = StringMember(document, "stream");
  const char* const time = StringMember(document, "time");
  if (text == document.MemberEnd() || !text->value.IsString() ||
      stream == nullptr || time == nullptr) {
    return Damaged("'log', 'stream' or 'time' is missing");
  }
  Entry entry;
  entry.text.assign(text->value.GetString(), text->value.GetStringLength());
  if (absl::string_view(stream) == "stderr") entry.stream = Stream::kStderr;
  if (!absl::ParseTime(absl::RFC3339_full, time, &entry.time, nullptr)) {
    return Damaged("'time' is none");
  }
  return entry;
}

absl::Status Replay(const std::string& path, const Selection& selection,
                    Sink sink) {
  CLEAT_ASSIGN_OR_RETURN(std::vector<Part> parts, Select(path, selection));
  if (parts.empty()) return absl::OkStatus();
  Lines lines(selection, sink);
  return ReadParts(std::move(parts), lines).status();
}

absl::Status Follow(const std::string& path, const Selection& selection,
                    int writer, Sink sink) {
  CLEAT_ASSIGN_OR_RETURN(std::vector<Part> parts, Select(path, selection));
  Lines lines(selection, sink);
  while (!parts.empty() && !lines.done()) {
    CLEAT_ASSIGN_OR_RETURN(const Part part, ReadParts(std::move(parts), lines));
    CLEAT_ASSIGN_OR_RETURN(parts, FollowPart(path, part, writer, lines));
  }
  return absl::OkStatus();
}

std::string FormatTimestamp(absl::Time time) {
  return absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E9SZ", time,
                          absl::UTCTimeZone());
}

}  // namespace cleat::log
