#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/internal/raw_logging.h"
#include "absl/strings/str_split.h"
#include "lib/digest/digest.h"
#include "lib/store/layer_record.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace {

using cleat::store::Paths;

constexpr char kChain[] =
    "sha256:"
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

// A store with the directory of one layer's record.
class Store {
 public:
  Store() {
    ABSL_RAW_CHECK(mkdtemp(root_.data()) != nullptr, "no directory");
    ABSL_RAW_CHECK(cleat::sys::MakeDirectories(paths().Layer(kChain)).ok(),
                   "no record");
  }
  ~Store() { cleat::sys::RemoveTree(root_).IgnoreError(); }

  Paths paths() const { return Paths(root_); }

 private:
  std::string root_ = "/tmp/layer_record_fuzz.XXXXXX";
};

}  // namespace

// The facts of a layer, a line each: what is read of them names directories
// and layers, and nothing else.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Store store;
  const Paths paths = store.paths();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> facts =
      absl::StrSplit(text, absl::MaxSplits('\n', 3));
  const char* const names[] = {"/cache-id", "/diff", "/size", "/parent"};
  for (size_t i = 0; i < 4; ++i) {
    const std::string path = paths.Layer(kChain) + names[i];
    unlink(path.c_str());
    if (i < facts.size()) {
      cleat::sys::WriteFileAtomic(path, facts[i], 0644, cleat::sys::Sync::kNo)
          .IgnoreError();
    }
  }
  const auto record = cleat::store::ReadLayerRecord(paths, kChain);
  if (!record.ok()) return 0;
  ABSL_RAW_CHECK(cleat::store::IsCacheId(record->cache_id), "no directory");
  ABSL_RAW_CHECK(cleat::digest::IsSha256(record->diff_id), "no DiffID");
  ABSL_RAW_CHECK(record->size >= 0, "no size");
  ABSL_RAW_CHECK(
      record->parent.empty() || cleat::digest::IsSha256(record->parent),
      "no parent");
  return 0;
}
