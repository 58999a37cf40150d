#include "lib/base/trace.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

namespace cleat::trace {
namespace {

Form trace_form = Form::kOff;
int trace_fd = -1;

// A line of bounded length that is written with one write(2).
class Line {
 public:
  void Append(absl::string_view text) {
    const size_t count = std::min(text.size(), sizeof(data_) - used_);
    memcpy(data_ + used_, text.data(), count);
    used_ += count;
  }

  // What commands a terminal as '?'.
  void AppendShown(absl::string_view text) {
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      Append(byte < 0x20 || byte == 0x7f ? "?" : absl::string_view(&c, 1));
    }
  }

  // As a JSON string: quotes, backslashes and control bytes escaped.
  void AppendQuoted(absl::string_view text) {
    Append("\"");
    for (const char c : text.substr(0, 1024)) AppendEscaped(c);
    Append("\"");
  }

  void AppendMilliseconds(int64_t ns) {
    char text[32];
    snprintf(text, sizeof(text), "%.3f", static_cast<double>(ns) / 1e6);
    Append(text);
  }

  // A trace that cannot be written is lost: no reason to fail the tool.
  void Write(int fd) const {
    const ssize_t ignored = write(fd, data_, used_);
    static_cast<void>(ignored);
  }

 private:
  void AppendEscaped(char c) {
    char text[8];
    if (c == '"' || c == '\\') {
      snprintf(text, sizeof(text), "\\%c", c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      snprintf(text, sizeof(text), "\\u%04x", static_cast<unsigned char>(c));
    } else {
      snprintf(text, sizeof(text), "%c", c);
    }
    Append(text);
  }

  char data_[8192];
  size_t used_ = 0;
};

void WriteText(absl::string_view step, absl::string_view operands, int error,
               int64_t ns) {
  Line line;
  line.Append("trace: ");
  line.Append(step);
  if (!operands.empty()) line.Append(" ");
  line.AppendShown(operands.substr(0, 4096));
  line.Append(error == 0 ? ": ok" : ": ");
  if (error != 0) line.Append(strerrordesc_np(error));
  line.Append(" (");
  line.AppendMilliseconds(ns);
  line.Append(" ms)\n");
  line.Write(trace_fd);
}

void WriteJson(absl::string_view step, absl::string_view operands, int error,
               int64_t ns) {
  Line line;
  line.Append("{\"step\":");
  line.AppendQuoted(step);
  line.Append(",\"operands\":");
  line.AppendQuoted(operands);
  line.Append(",\"error\":");
  line.AppendQuoted(error == 0 ? "" : strerrorname_np(error));
  line.Append(",\"ms\":");
  line.AppendMilliseconds(ns);
  line.Append("}\n");
  line.Write(trace_fd);
}

}  // namespace

void Enable(Form form, int fd) {
  trace_form = form;
  trace_fd = form == Form::kOff ? -1 : fd;
}

bool Enabled() { return trace_form != Form::kOff; }

int Descriptor() { return trace_fd; }

int64_t Span::Now() {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

void Span::Emit() const {
  const int64_t ns = Now() - start_ns_;
  const auto write = trace_form == Form::kJson ? WriteJson : WriteText;
  write(step_, operands_, error_, ns);
}

}  // namespace cleat::trace
