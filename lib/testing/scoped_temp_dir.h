#ifndef CLEAT_LIB_TESTING_SCOPED_TEMP_DIR_H_
#define CLEAT_LIB_TESTING_SCOPED_TEMP_DIR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace cleat::testing {

// A fresh directory below the test's TempDir, removed with all in it when
// this goes. The path is absolute and its name is unique.
class ScopedTempDir {
 public:
  ScopedTempDir();
  ~ScopedTempDir();
  ScopedTempDir(const ScopedTempDir&) = delete;
  ScopedTempDir& operator=(const ScopedTempDir&) = delete;

  const std::string& path() const { return path_; }

  // <path>/<name>, which need not exist.
  std::string Path(absl::string_view name) const;

  // Makes a file of this content, with its parents; returns its path.
  std::string Write(absl::string_view name, absl::string_view content) const;

  // The content of a file; a failure of the test if there is none.
  std::string Read(absl::string_view name) const;

 private:
  std::string path_;
};

}  // namespace cleat::testing

#endif  // CLEAT_LIB_TESTING_SCOPED_TEMP_DIR_H_
