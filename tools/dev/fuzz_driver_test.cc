#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What the driver must have tried: inputs of the corpus (this rule's own
// file), cut ones, longer ones, and bytes that the corpus does not have.

namespace {

struct Seen {
  bool whole = false;
  bool truncated = false;
  bool longer = false;
  bool foreign_byte = false;
  bool empty = false;
} seen;

constexpr char kHead[] = "\"\"\"`cleat_fuzz_test`";
size_t whole_size = 0;

void Check() {
  if (seen.whole && seen.truncated && seen.longer && seen.foreign_byte &&
      seen.empty) {
    return;
  }
  fprintf(stderr, "the driver left out a kind of input\n");
  _Exit(1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const int registered = atexit(Check);
  static_cast<void>(registered);
  if (size == 0) seen.empty = true;
  const bool head =
      size >= sizeof(kHead) - 1 && memcmp(data, kHead, sizeof(kHead) - 1) == 0;
  if (head && whole_size == 0) {
    whole_size = size;
    seen.whole = true;
  }
  if (head && size < whole_size) seen.truncated = true;
  if (head && size > whole_size) seen.longer = true;
  if (size > 0 && memchr(data, 0xff, size) != nullptr) {
    seen.foreign_byte = true;
  }
  return 0;
}
