#include "lib/tarsplit/utf8.h"

#include <cstdint>

namespace cleat::tarsplit {
namespace {

constexpr uint32_t kReplacement = 0xfffd;

// Each length of a sequence: what its first byte begins with, and the lowest
// code that needs it.
struct Form {
  unsigned char mask;
  unsigned char lead;
  uint32_t lowest;
};
constexpr Form kForms[] = {
    {0x80, 0x00, 0},
    {0xe0, 0xc0, 0x80},
    {0xf0, 0xe0, 0x800},
    {0xf8, 0xf0, 0x10000},
};

bool IsCode(uint32_t code, const Form& form) {
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code >= form.lowest && code < 0x110000 && !surrogate &&
         code != kReplacement;
}

// The length of the sequence that `text` begins with; 0 for none.
size_t SequenceSize(absl::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  for (size_t more = 0; more < 4; ++more) {
    const Form& form = kForms[more];
    if ((first & form.mask) != form.lead) continue;
    if (text.size() <= more) return 0;
    uint32_t code = first & static_cast<unsigned char>(~form.mask);
    for (const char c : text.substr(1, more)) {
      if ((c & 0xc0) != 0x80) return 0;
      code = code << 6 | (c & 0x3f);
    }
    return IsCode(code, form) ? more + 1 : 0;
  }
  return 0;
}

}  // namespace

bool IsPlainUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t size = SequenceSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace cleat::tarsplit
