#include "lib/stage/run_files.h"

#include <fcntl.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/stage/anchor.h"
#include "lib/sys/file.h"
#include "lib/sys/in_place.h"

namespace cleat::stage {

absl::Status WritePidFile(const Run& run, pid_t pid) {
  if (!run.options.run().has_pid_file()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const std::string path,
                         Absolute(run.options.run().pid_file()));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd, sys::OpenInPlace(path));
  if (fd.valid()) return sys::WriteAll(fd.get(), absl::StrCat(pid), path);
  proto::Step step = NewStep();
  step.set_file(path);
  CLEAT_RETURN_IF_ERROR(run.instance->Record(step));
  return sys::WriteFileAtomic(path, absl::StrCat(pid), 0644);
}

absl::StatusOr<std::vector<int>> PreservedDescriptors(const Run& run) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<int> numbers,
                         ParseList(run.options.run().preserve_fd()));
  for (const int number : numbers) {
    if (fcntl(number, F_GETFD) >= 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--preserve-fd ", number, ": is not open"));
  }
  return numbers;
}

}  // namespace cleat::stage
