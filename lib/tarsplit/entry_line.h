#ifndef CLEAT_LIB_TARSPLIT_ENTRY_LINE_H_
#define CLEAT_LIB_TARSPLIT_ENTRY_LINE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The lines of tar-split's JSON, byte for byte as Go's encoding/json writes
// github.com/vbatts/tar-split's tar/storage/entry.go:
//
//   {"type":2,"payload":"BASE64","position":0}
//   {"type":1,"name":"etc/passwd","size":112,"payload":"CRC64","position":1}

namespace cleat::tarsplit {

// Appends a segment: raw bytes of the archive. A missing one is `null`, which
// is what Go makes of a slice that was never allocated.
enum class Missing { kNo, kYes };
void AppendSegment(absl::string_view bytes, int64_t position, std::string* out,
                   Missing missing = Missing::kNo);

// Appends a file. `crc64` is empty for one without data.
void AppendFile(absl::string_view name, int64_t size, absl::string_view crc64,
                int64_t position, std::string* out);

enum class LineType { kFile = 1, kSegment = 2 };

struct Line {
  LineType type = LineType::kSegment;
  // Of a file.
  std::string name;
  int64_t size = 0;
  // Of a segment its bytes, of a file its checksum or nothing.
  std::string payload;
};

// Parses one line, without its newline. kDataLoss for what is no entry, has a
// file without a name or with a wrong checksum's length, or is not at
// `position`. Unknown fields are passed over, as Go does.
absl::StatusOr<Line> ParseLine(absl::string_view text, int64_t position);

}  // namespace cleat::tarsplit

#endif  // CLEAT_LIB_TARSPLIT_ENTRY_LINE_H_
