#ifndef CLEAT_LIB_BASE_TRACE_H_
#define CLEAT_LIB_BASE_TRACE_H_

#include <cstdint>

#include "absl/strings/string_view.h"

// What `--trace` shows: each kernel step as it is taken, in words, with its
// operands, result and time. Nothing here allocates, so that a child between
// clone and exec may trace, too.

namespace cleat::trace {

enum class Form { kOff, kText, kJson };

// Traces to `fd` from now on, in this process and those it clones. Not for
// use while other threads run.
void Enable(Form form, int fd);
bool Enabled();

// The descriptor traced to; -1 when off. Who closes descriptors spares it.
int Descriptor();

// One step, from construction to destruction:
//   trace::Span span("mount overlay", target);
//   if (mount(…) != 0) span.Fail(errno);
// Both texts must outlive the span. Costs one test when tracing is off.
class Span {
 public:
  Span(absl::string_view step, absl::string_view operands)
      : step_(step), operands_(operands), start_ns_(Enabled() ? Now() : 0) {}
  ~Span() {
    if (Enabled()) Emit();
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  // The step failed with this errno.
  void Fail(int error) { error_ = error; }

 private:
  static int64_t Now();
  void Emit() const;

  absl::string_view step_;
  absl::string_view operands_;
  int64_t start_ns_;
  int error_ = 0;
};

}  // namespace cleat::trace

#endif  // CLEAT_LIB_BASE_TRACE_H_
