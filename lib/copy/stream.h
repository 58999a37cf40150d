#ifndef CLEAT_LIB_COPY_STREAM_H_
#define CLEAT_LIB_COPY_STREAM_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"

namespace cleat::copy {

// The data of the file that is being copied.
class Data {
 public:
  virtual ~Data() = default;
  // As tar::Reader::Data.
  virtual absl::StatusOr<tar::Reader::Piece> Next() = 0;
};

// Takes what is copied: a directory before what is in it, a file before its
// hard links. Names are relative, without "." and ".."; "" is the directory
// that is copied to. Data that are not taken are passed over.
using Take =
    absl::FunctionRef<absl::Status(const tar::Entry& entry, Data& data)>;

}  // namespace cleat::copy

#endif  // CLEAT_LIB_COPY_STREAM_H_
