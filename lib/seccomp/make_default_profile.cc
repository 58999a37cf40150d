// Writes what default_profile.cc includes: the profile's text, the
// capabilities that it asks for, and its programs for the sets of these that
// are given, each with commas between the names:
//
//   make_default_profile FILE SET...

#include <fcntl.h>
#include <stdio.h>

#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/seccomp/compile.h"
#include "lib/seccomp/profile.h"
#include "lib/sys/file.h"

namespace cleat::seccomp {
namespace {

using proto::oci::Seccomp;

// Older than any kernel that Cleat runs on would ask for.
constexpr int kOldestKernel[2] = {5, 10};

absl::StatusOr<sys::CapabilitySet> SetOf(absl::string_view names) {
  sys::CapabilitySet set = 0;
  for (absl::string_view name : absl::StrSplit(names, ',', absl::SkipEmpty())) {
    CLEAT_ASSIGN_OR_RETURN(const int number, sys::CapabilityNumber(name));
    set |= sys::CapabilitySet{1} << number;
  }
  return set;
}

absl::StatusOr<sys::CapabilitySet> AskedFor(const Seccomp& profile) {
  std::string names;
  for (const auto& call : profile.syscalls()) {
    for (const auto* condition : {&call.includes(), &call.excludes()}) {
      for (const std::string& name : condition->caps()) {
        absl::StrAppend(&names, name, ",");
      }
    }
  }
  return SetOf(names);
}

absl::Status PrintProgram(const Seccomp& profile, sys::CapabilitySet set,
                          size_t index) {
  Target target;
  target.capabilities = set;
  target.kernel[0] = kOldestKernel[0];
  target.kernel[1] = kOldestKernel[1];
  CLEAT_ASSIGN_OR_RETURN(const Filter filter, Resolve(profile, target));
  CLEAT_ASSIGN_OR_RETURN(const auto program, Compile(filter));
  std::cout << "constexpr sock_filter kProgram" << index << "[] = {\n";
  for (const sock_filter& line : program) {
    std::cout << "{" << line.code << ", " << int{line.jt} << ", "
              << int{line.jf} << ", " << line.k << "u},\n";
  }
  std::cout << "};\n";
  return absl::OkStatus();
}

absl::Status Print(const std::string& file,
                   const std::vector<std::string>& sets) {
  CLEAT_ASSIGN_OR_RETURN(const std::string json, sys::ReadFile(file));
  CLEAT_ASSIGN_OR_RETURN(const Seccomp profile, ParseProfile(json));
  CLEAT_ASSIGN_OR_RETURN(const sys::CapabilitySet asked, AskedFor(profile));
  std::cout << "constexpr char kJson[] = R\"json(" << json << ")json\";\n"
            << "constexpr sys::CapabilitySet kAskedFor = " << asked << "u;\n";
  std::string programs;
  for (size_t i = 0; i < sets.size(); ++i) {
    CLEAT_ASSIGN_OR_RETURN(const sys::CapabilitySet set, SetOf(sets[i]));
    CLEAT_RETURN_IF_ERROR(PrintProgram(profile, set & asked, i));
    absl::StrAppend(&programs, "{", set & asked, "u, std::begin(kProgram", i,
                    "), std::end(kProgram", i, ")},\n");
  }
  std::cout << "constexpr Program kPrograms[] = {\n" << programs << "};\n";
  return absl::OkStatus();
}

}  // namespace
}  // namespace cleat::seccomp

int main(int argc, char** argv) {
  const absl::Status status =
      argc < 3 ? absl::InvalidArgumentError("give FILE SET...")
               : cleat::seccomp::Print(argv[1], {argv + 2, argv + argc});
  if (status.ok()) return 0;
  std::cerr << "make_default_profile: " << status.message() << "\n";
  return 1;
}
