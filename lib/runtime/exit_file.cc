#include "lib/runtime/exit_file.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/pb/json.h"
#include "lib/sys/file.h"
#include "proto/process.table.h"

namespace cleat::runtime {
namespace {

constexpr size_t kMaxSize = 4096;

std::string PathIn(const std::string& directory) {
  return absl::StrCat(directory, "/exit");
}

}  // namespace

absl::Status WriteExit(const std::string& directory,
                       const proto::ProcessState& state) {
  return sys::WriteFileAtomic(PathIn(directory),
                              absl::StrCat(pb::ToJson(state), "\n"), 0644,
                              sys::Sync::kNo);
}

absl::StatusOr<proto::ProcessState> ReadExit(const std::string& directory) {
  const std::string path = PathIn(directory);
  CLEAT_ASSIGN_OR_RETURN(const std::string text, sys::ReadFile(path, kMaxSize));
  proto::ProcessState state;
  CLEAT_RETURN_IF_ERROR(pb::ParseJson(text, path, &state));
  return state;
}

std::string Timestamp() {
  return absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E9SZ", absl::Now(),
                          absl::UTCTimeZone());
}

}  // namespace cleat::runtime
