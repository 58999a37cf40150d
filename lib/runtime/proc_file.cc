#include "lib/runtime/proc_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "lib/runtime/beneath.h"

namespace cleat::runtime {
namespace {

void CheckIsProcfs(int fd, const char* path, const sys::ChildReport& report) {
  struct statfs info;
  report.Check(fstatfs(fd, &info), "check", path);
  if (info.f_type != PROC_SUPER_MAGIC) {
    report.Refuse("write", path, "not procfs");
  }
}

}  // namespace

sys::Fd OpenProcFile(int root, const char* path,
                     const sys::ChildReport& report) {
  const sys::Fd place(
      report.Check(OpenBelow(root, path, O_PATH), "open", path));
  CheckIsProcfs(place.get(), path, report);
  sys::Fd fd(report.Check(OpenBelow(root, path, O_WRONLY), "open", path));
  CheckIsProcfs(fd.get(), path, report);
  return fd;
}

}  // namespace cleat::runtime
