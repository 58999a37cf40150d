#ifndef CLEAT_LIB_TESTING_NAMESPACES_H_
#define CLEAT_LIB_TESTING_NAMESPACES_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Tests of kernel work run in a child in namespaces of its own, so that
// nothing they mount, name or route outlives them:
//
//   EXPECT_THAT(RunInNamespaces(CLONE_NEWNS, [](Report& report) {
//     report.Check("bind mount", BindMount("/etc", "/mnt"));
//     report.Check("is seen", sys::Exists("/mnt/passwd"));
//   }), IsEmpty());

namespace cleat::testing {

// What the child has to say: each named check that failed.
class Report {
 public:
  explicit Report(int fd) : fd_(fd) {}

  // `what` names the check in the parent's output.
  void Check(absl::string_view what, bool passed);
  void Check(absl::string_view what, const absl::Status& status);

 private:
  void Fail(absl::string_view what, absl::string_view why) const;

  int fd_;
};

// Runs `body` in a child with fresh namespaces of the CLONE_NEW* `flags`, and
// waits for it. With CLONE_NEWNS all mounts are private; with CLONE_NEWPID the
// body is PID 1. Returns the checks that failed as "what: why", and one more
// entry when the namespaces cannot be made or the child dies.
std::vector<std::string> RunInNamespaces(int flags,
                                         absl::FunctionRef<void(Report&)> body);

// Why namespaces of `flags` cannot be made here; empty when they can. For
// GTEST_SKIP().
std::string NamespacesMissing(int flags);

}  // namespace cleat::testing

#endif  // CLEAT_LIB_TESTING_NAMESPACES_H_
