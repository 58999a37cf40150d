#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/status_macros.h"
#include "lib/runtime/launcher/launcher.h"
#include "lib/runtime/launcher/launcher_image.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

namespace cleat::runtime {
namespace {

constexpr char kName[] = "cleat-init";
constexpr unsigned int kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

// Linux 6.3 wants to hear that it is meant for a program; those before do not
// know the word.
int MakeMemory() {
  const int fd = memfd_create(kName, kFlags | MFD_EXEC);
  return fd < 0 && errno == EINVAL ? memfd_create(kName, kFlags) : fd;
}

}  // namespace

absl::StatusOr<sys::Fd> OpenLauncher() {
  sys::Fd file(MakeMemory());
  if (!file.valid() && errno == EACCES) {
    return absl::PermissionDeniedError(
        "run a program from memory: the machine forbids it: set "
        "vm.memfd_noexec to 0 or 1 (sysctl)");
  }
  if (!file.valid()) return sys::ErrnoError("make memory for the launcher");
  CLEAT_RETURN_IF_ERROR(sys::WriteAll(
      file.get(),
      absl::string_view(reinterpret_cast<const char*>(kLauncherImage),
                        sizeof(kLauncherImage)),
      "the launcher"));
  if (fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) {
    return sys::ErrnoError("seal the launcher");
  }
  return file;
}

}  // namespace cleat::runtime
