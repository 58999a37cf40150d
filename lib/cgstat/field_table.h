#ifndef CLEAT_LIB_CGSTAT_FIELD_TABLE_H_
#define CLEAT_LIB_CGSTAT_FIELD_TABLE_H_

#include "absl/types/span.h"

// How a message's fields are called in the kernel's files: a table per version
// of cgroups says all that differs.

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
  kPair,      // two words: keys "1" and "2"
  kText,      // a line, for a text field that it leaves out when empty
};

struct FieldRow {
  // Rows of one file stand together.
  const char* file;
  Form form;
  const char* key;
  // "memory.current_bytes". Of two rows with the same field the first whose
  // value is there counts.
  const char* field;
  Measure measure = Measure::kPlain;
};

struct FieldTables {
  absl::Span<const FieldRow> unified;
  absl::Span<const FieldRow> v1;
};

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_FIELD_TABLE_H_
