#include "lib/base/random.h"

#include <sys/random.h>

#include "absl/base/internal/raw_logging.h"
#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace cleat {

std::string RandomId() {
  char bytes[32];
  // Requests of up to 256 bytes are neither cut short nor interrupted once
  // the source is seeded, which it is long before any program of ours runs.
  const ssize_t count = getrandom(bytes, sizeof(bytes), 0);
  ABSL_RAW_CHECK(count == sizeof(bytes), "getrandom(2) gave too little");
  return absl::BytesToHexString(absl::string_view(bytes, sizeof(bytes)));
}

}  // namespace cleat
