#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "lib/compress/byte_source.h"
#include "lib/sys/file.h"
#include "lib/tar/reader.h"
#include "lib/tar/test_archive.h"
#include "lib/tarsplit/joiner.h"
#include "lib/tarsplit/splitter.h"

// Whatever an archive holds, splitting it with all data and joining gives it
// back; whatever a split says, joining ends.

namespace {

absl::StatusOr<cleat::sys::Fd> NoFiles(const std::string&) {
  return absl::NotFoundError("no file");
}

absl::StatusOr<cleat::sys::Fd> SomeFile(const std::string&) {
  return cleat::sys::Open("/dev/zero", O_RDONLY);
}

absl::StatusOr<std::string> Joined(const std::string& text,
                                   const cleat::tarsplit::FileGetter& files) {
  cleat::compress::StringSource source(text);
  std::string joined;
  const absl::Status status =
      cleat::tarsplit::Join(&source, files, [&joined](absl::string_view bytes) {
        joined.append(bytes.data(), bytes.size());
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return joined;
}

bool ReadToEnd(cleat::tar::Reader& reader) {
  cleat::tar::Entry entry;
  absl::StatusOr<bool> more = reader.Next(&entry);
  while (more.ok() && *more) more = reader.Next(&entry);
  return more.ok() && reader.Drain().ok();
}

void CheckRoundTrip(const std::string& archive) {
  std::string text;
  cleat::tarsplit::Splitter splitter(
      [&text](absl::string_view part) {
        text.append(part.data(), part.size());
        return absl::OkStatus();
      },
      cleat::tarsplit::Data::kInSplit);
  cleat::tar::StringChunks chunks(archive, 700);
  cleat::tar::Reader reader(&chunks, &splitter);
  if (!ReadToEnd(reader)) return;
  if (!splitter.Finish().ok()) abort();
  const auto joined = Joined(text, NoFiles);
  if (!joined.ok() || *joined != archive) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  Joined(input, NoFiles).status().IgnoreError();
  Joined(input, SomeFile).status().IgnoreError();
  CheckRoundTrip(cleat::tar::Resealed(input));
  return 0;
}
