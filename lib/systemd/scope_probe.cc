// scope_probe UNIT MILLISECONDS: starts a scope for itself, for tests.

#include <unistd.h>

#include <iostream>

#include "absl/strings/numbers.h"
#include "lib/systemd/scope.h"

int main(int count, char** words) {
  int64_t milliseconds = 0;
  if (count != 3 || !absl::SimpleAtoi(words[2], &milliseconds)) return 2;
  const absl::Status status = cleat::systemd::StartScope(
      {words[1], "a probe", "", getpid()}, absl::Milliseconds(milliseconds));
  if (!status.ok()) std::cout << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
