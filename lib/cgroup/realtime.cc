#include "lib/cgroup/realtime.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

constexpr char kRuntime[] = "/cpu.rt_runtime_us";
constexpr char kPeriod[] = "/cpu.rt_period_us";

bool DividesRealTime(const proto::CgroupDirectory& directory) {
  const auto& controllers = directory.controllers();
  return !directory.unified() &&
         std::find(controllers.begin(), controllers.end(), "cpu") !=
             controllers.end();
}

bool HasNone(const std::string& group) {
  const auto runtime = sys::ReadFile(absl::StrCat(group, kRuntime));
  return runtime.ok() && absl::StripSuffix(*runtime, "\n") == "0";
}

absl::Status CopyFile(const std::string& from, const std::string& to,
                      const char* file) {
  CLEAT_ASSIGN_OR_RETURN(const std::string value,
                         sys::ReadFile(absl::StrCat(from, file)));
  const std::string path = absl::StrCat(to, file);
  trace::Span span("allow real-time programs", path);
  return sys::WriteExisting(path, value);
}

absl::Status AllowFrom(const proto::CgroupDirectory& directory) {
  const std::string& base = directory.base();
  const std::string& path = directory.path();
  for (size_t end = path.find('/', base.size() + 1); end < path.size();
       end = path.find('/', end + 1)) {
    const std::string group = path.substr(0, end);
    if (!HasNone(group)) continue;
    CLEAT_RETURN_IF_ERROR(CopyFile(base, group, kPeriod));
    CLEAT_RETURN_IF_ERROR(CopyFile(base, group, kRuntime));
  }
  return absl::OkStatus();
}

bool MayBeRealTime(pid_t pid) {
  const int policy = sched_getscheduler(pid) & ~SCHED_RESET_ON_FORK;
  if (policy == SCHED_FIFO || policy == SCHED_RR) return true;
  struct rlimit limit = {};
  prlimit(pid, RLIMIT_RTPRIO, nullptr, &limit);
  return limit.rlim_cur > 0;
}

}  // namespace

absl::Status AllowRealTime(const proto::CgroupState& state,
                           const proto::CgroupSpec& spec) {
  if (spec.cpu_rt_runtime_us() == 0) return absl::OkStatus();
  for (const proto::CgroupDirectory& directory : state.directories()) {
    if (!DividesRealTime(directory)) continue;
    CLEAT_RETURN_IF_ERROR(AllowFrom(directory));
  }
  return absl::OkStatus();
}

std::string RealTimeWarning(const proto::CgroupState& state, pid_t pid) {
  for (const proto::CgroupDirectory& directory : state.directories()) {
    if (!DividesRealTime(directory) || !HasNone(directory.path())) continue;
    if (!MayBeRealTime(pid)) return "";
    return absl::StrCat(
        directory.path(),
        " has no time for real-time programs, which cannot start or stay "
        "there; give it some: --cpu-rt-runtime=950000");
  }
  return "";
}

}  // namespace cleat::cgroup
