#include <fcntl.h>
#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/layer/unpack.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"
#include "lib/tar/test_archive.h"

namespace {

// Whatever the archive says, nothing appears beside the root.
void CheckNothingOutside(const std::string& directory) {
  const auto names = cleat::sys::ListDirectory(directory);
  if (!names.ok() || names->size() != 1) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  char directory[] = "/tmp/unpack_fuzz.XXXXXX";
  if (mkdtemp(directory) == nullptr) return 0;
  const std::string root = std::string(directory) + "/root";
  if (!cleat::sys::MakeDirectories(root).ok()) abort();
  {
    const cleat::sys::Fd fd = *cleat::sys::Open(root, O_RDONLY | O_DIRECTORY);
    const std::string archive = cleat::tar::Resealed(
        absl::string_view(reinterpret_cast<const char*>(data), size));
    cleat::tar::StringChunks chunks(archive, 700);
    cleat::layer::UnpackTar(&chunks, fd.get()).status().IgnoreError();
  }
  CheckNothingOutside(directory);
  if (!cleat::sys::RemoveTreeAt(AT_FDCWD, directory).ok()) abort();
  return 0;
}
