#ifndef CLEAT_LIB_CGSTAT_STAT_TABLE_H_
#define CLEAT_LIB_CGSTAT_STAT_TABLE_H_

#include "absl/types/span.h"

// What each field of proto::CgroupStat is called in the kernel's files: one
// table per version of cgroups, nothing about either anywhere else.
// Documentation/admin-guide/cgroup-v2.rst; cgroup-v1/{memory,cpuacct,
// blkio-controller,hugetlb,pids}.rst; accounting/psi.rst.

namespace cleat::cgstat {

// How the kernel's number becomes the field's.
enum class Measure {
  kPlain,
  kNanoseconds,  // to microseconds
  // "max", or a number near 2^63 on v1, is none.
  kLimit,
  kHundredths,  // "0.12" is 12
};

// How a file is read.
enum class Form {
  kValue,     // one number
  kFlat,      // KEY VALUE
  kPressure,  // some|full avg10=…: the key is "some avg10"
  kRecords,   // NAME KEY=VALUE …: a record for each name
  kBlkio,     // NAME KEY VALUE: likewise
  kNamed,     // NAME VALUE: likewise
  kPage,      // one number; '*' in the file's name is a huge page's size
  kPageFlat,  // KEY VALUE; likewise
};

struct StatRow {
  // Rows of one file stand together.
  const char* file;
  Form form;
  const char* key;
  // Of proto::CgroupStat, "memory.current_bytes", or with one part more. Of
  // two rows with the same field the first whose value is there counts.
  const char* field;
  Measure measure = Measure::kPlain;
};

absl::Span<const StatRow> UnifiedStats();
absl::Span<const StatRow> V1Stats();

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_STAT_TABLE_H_
