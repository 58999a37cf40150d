#include "lib/sys/signal.h"

#include <signal.h>
#include <string.h>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cleat::sys {
namespace {

// The number in "+3" or "-1" that follows RTMIN and RTMAX; 0 for none.
bool ParseOffset(absl::string_view text, int* offset) {
  *offset = 0;
  return text.empty() || absl::SimpleAtoi(text, offset);
}

int RealTime(absl::string_view name) {
  int offset;
  if (absl::ConsumePrefix(&name, "RTMIN") && ParseOffset(name, &offset)) {
    return SIGRTMIN + offset;
  }
  if (absl::ConsumePrefix(&name, "RTMAX") && ParseOffset(name, &offset)) {
    return SIGRTMAX + offset;
  }
  return -1;
}

int ByName(absl::string_view name) {
  if (name == "CLD") return SIGCHLD;
  if (name == "IOT") return SIGABRT;
  if (name == "POLL") return SIGIO;
  for (int number = 1; number < SIGRTMIN; ++number) {
    const char* abbreviation = sigabbrev_np(number);
    if (abbreviation != nullptr && name == abbreviation) return number;
  }
  return RealTime(name);
}

}  // namespace

absl::StatusOr<int> SignalNumber(absl::string_view name) {
  int number;
  if (!absl::SimpleAtoi(name, &number)) {
    const std::string upper = absl::AsciiStrToUpper(name);
    number = ByName(absl::StripPrefix(upper, "SIG"));
  }
  if (number > 0 && number <= SIGRTMAX) return number;
  return absl::InvalidArgumentError(
      absl::StrCat("signal '", name, "': no such signal (give TERM or 15)"));
}

std::string SignalName(int signal) {
  const char* abbreviation = sigabbrev_np(signal);
  return abbreviation != nullptr ? abbreviation : absl::StrCat(signal);
}

}  // namespace cleat::sys
