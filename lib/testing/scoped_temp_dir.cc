#include "lib/testing/scoped_temp_dir.h"

#include <stdlib.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::testing {
namespace {

std::string MakeUnique() {
  std::string path = absl::StrCat(absl::StripSuffix(::testing::TempDir(), "/"),
                                  "/cleat.XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    ADD_FAILURE() << "make directory " << path;
    abort();
  }
  return path;
}

}  // namespace

ScopedTempDir::ScopedTempDir() : path_(MakeUnique()) {}

ScopedTempDir::~ScopedTempDir() {
  const absl::Status removed = sys::RemoveTree(path_);
  EXPECT_TRUE(removed.ok()) << removed;
}

std::string ScopedTempDir::Path(absl::string_view name) const {
  return absl::StrCat(path_, "/", name);
}

std::string ScopedTempDir::Write(absl::string_view name,
                                 absl::string_view content) const {
  const std::string path = Path(name);
  const std::string parent = path.substr(0, path.find_last_of('/'));
  EXPECT_TRUE(sys::MakeDirectories(parent).ok()) << parent;
  const absl::Status written =
      sys::WriteFileAtomic(path, content, 0644, sys::Sync::kNo);
  EXPECT_TRUE(written.ok()) << written;
  return path;
}

std::string ScopedTempDir::Read(absl::string_view name) const {
  const absl::StatusOr<std::string> content = sys::ReadFile(Path(name));
  EXPECT_TRUE(content.ok()) << content.status();
  return content.value_or("");
}

}  // namespace cleat::testing
