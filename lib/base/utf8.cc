#include "lib/base/utf8.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace cleat {
namespace {

bool IsBetween(absl::string_view text, absl::string_view first,
               absl::string_view last) {
  return text.size() == first.size() && text >= first && text <= last;
}

// Of one well-formed sequence.
bool CommandsTerminal(absl::string_view sequence) {
  return (sequence.size() == 1 &&
          absl::ascii_iscntrl(static_cast<unsigned char>(sequence.front()))) ||
         // U+0080 to U+009F are controls of eight bits: U+009B is "ESC [".
         IsBetween(sequence, "\xC2\x80", "\xC2\x9F") ||
         // The marks, embeddings, overrides and isolates of UAX #9.
         IsBetween(sequence, "\xE2\x80\x8E", "\xE2\x80\x8F") ||
         IsBetween(sequence, "\xE2\x80\xA8", "\xE2\x80\xAE") ||
         IsBetween(sequence, "\xE2\x81\xA6", "\xE2\x81\xA9");
}

}  // namespace

size_t Utf8Length(absl::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto in = [&](size_t i, int low, int high) {
    return byte(i) >= low && byte(i) <= high;
  };
  const int first = byte(0);
  if (first < 0x80) return 1;
  if (in(0, 0xC2, 0xDF)) return in(1, 0x80, 0xBF) ? 2 : 0;
  if (in(0, 0xE0, 0xEF)) {
    const int low = first == 0xE0 ? 0xA0 : 0x80;
    const int high = first == 0xED ? 0x9F : 0xBF;
    return in(1, low, high) && in(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (!in(0, 0xF0, 0xF4)) return 0;
  const int low = first == 0xF0 ? 0x90 : 0x80;
  const int high = first == 0xF4 ? 0x8F : 0xBF;
  return in(1, low, high) && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 0;
}

std::string Printable(absl::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0 || CommandsTerminal(text.substr(0, length))) {
      shown.push_back('?');
    } else {
      absl::StrAppend(&shown, text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return shown;
}

}  // namespace cleat
