#ifndef CLEAT_LIB_DIFF_REPORT_H_
#define CLEAT_LIB_DIFF_REPORT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "lib/diff/walk.h"
#include "proto/layer_pack.pb.h"

// Differences of trees as people and programs read them.

namespace cleat::diff {

// The set of Differences with these names. kInvalidArgument names one that is
// none, and those that there are.
absl::StatusOr<uint32_t> ParseDifferences(
    const google::protobuf::RepeatedPtrField<std::string>& names);

proto::TreeChange ToProto(const Change& change);

// "C /etc/passwd": docker diff's line; bytes of names that would harm a
// terminal or a line are written as C writes them.
std::string ToLine(const Change& change);

}  // namespace cleat::diff

#endif  // CLEAT_LIB_DIFF_REPORT_H_
