#ifndef CLEAT_LIB_HOSTCHECK_FEATURES_H_
#define CLEAT_LIB_HOSTCHECK_FEATURES_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// What of a container works on this machine for the calling user. What is cheap
// to try is tried for real, in children that leave nothing.

namespace cleat::hostcheck {

struct Finding {
  bool works = false;
  // What was found, or why it does not work.
  std::string detail;
  // What would help.
  std::string cure;
};

inline Finding Works(std::string detail = "") {
  return {true, std::move(detail), ""};
}
inline Finding Fails(std::string detail, std::string cure) {
  return {false, std::move(detail), std::move(cure)};
}
// The message of an error is the detail.
Finding FindingOf(const absl::Status& status, std::string cure = "",
                  std::string detail_if_ok = "");

struct Host {
  // Where images and layers are kept.
  std::string store;
};

struct Feature {
  const char* name;
  // Whether a container cannot run without it.
  bool needed;
  const char* purpose;
  Finding (*probe)(const Host& host);
};

// In the order in which they build on each other.
const std::vector<Feature>& Features();

}  // namespace cleat::hostcheck

#endif  // CLEAT_LIB_HOSTCHECK_FEATURES_H_
