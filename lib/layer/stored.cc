#include "lib/layer/stored.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/compress/decompress.h"
#include "lib/compress/fd_source.h"
#include "lib/digest/sha256.h"
#include "lib/store/layer_archive.h"
#include "lib/store/layer_record.h"
#include "lib/store/own_form.h"
#include "lib/store/paths.h"
#include "lib/sys/file.h"
#include "lib/tarsplit/joiner.h"

namespace cleat::layer {
namespace {

using absl::string_view;

constexpr size_t kFewestDigits = 8;

bool Begins(string_view digest, string_view digits) {
  return absl::StartsWith(absl::StripPrefix(digest, "sha256:"), digits);
}

absl::StatusOr<std::vector<std::string>> ChainsOf(const store::Paths& paths) {
  const std::string directory = paths.LayerDatabase();
  if (!sys::Exists(directory)) return std::vector<std::string>();
  return sys::ListDirectory(directory);
}

// Several layers of one DiffID hold the same bytes: the first will do.
absl::StatusOr<store::LayerRecord> FindLayer(const store::Paths& paths,
                                             string_view digits) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> chains,
                         ChainsOf(paths));
  std::vector<store::LayerRecord> found;
  for (const std::string& chain : chains) {
    // Whatever else lies there is no layer.
    if (!store::IsCacheId(chain)) continue;
    CLEAT_ASSIGN_OR_RETURN(
        store::LayerRecord record,
        store::ReadLayerRecord(paths, absl::StrCat("sha256:", chain)));
    if (chain == digits) return record;
    const bool same = std::any_of(found.begin(), found.end(),
                                  [&record](const store::LayerRecord& other) {
                                    return other.diff_id == record.diff_id;
                                  });
    const bool begins = Begins(chain, digits) || Begins(record.diff_id, digits);
    if (begins && !same) found.push_back(std::move(record));
  }
  if (found.empty()) {
    return absl::NotFoundError(
        absl::StrCat("the store ", paths.root(), " has none of that name"));
  }
  if (found.size() == 1) return found[0];
  return absl::InvalidArgumentError(
      absl::StrCat(found.size(), " layers begin so"));
}

absl::StatusOr<store::LayerRecord> FindByName(const store::Paths& paths,
                                              string_view name) {
  const string_view digits = absl::StripPrefix(name, "sha256:");
  absl::StatusOr<store::LayerRecord> found =
      digits.size() < kFewestDigits
          ? absl::InvalidArgumentError(
                absl::StrCat("give ", kFewestDigits, " digits at least"))
          : FindLayer(paths, digits);
  if (found.ok()) return found;
  return absl::Status(
      found.status().code(),
      absl::StrCat("layer ", name, ": ", found.status().message()));
}

}  // namespace

absl::Status JoinLayer(int split, int tree, const std::string& diff_id,
                       const TarSink& sink) {
  compress::StreamSource source(split);
  compress::Decompressor text(&source);
  digest::Sha256 hash;
  CLEAT_RETURN_IF_ERROR(
      tarsplit::Join(&text, tarsplit::FilesBelow(tree), [&](string_view bytes) {
        hash.Update(bytes);
        return sink(bytes);
      }));
  if (diff_id.empty()) return absl::OkStatus();
  const std::string actual = hash.Finish();
  if (actual == diff_id) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("DiffID is ", actual, ", not ", diff_id));
}

absl::Status WriteStored(const std::string& store, string_view name,
                         const TarSink& sink) {
  CLEAT_RETURN_IF_ERROR(store::EnterToRead(store));
  const store::Paths paths(store);
  CLEAT_ASSIGN_OR_RETURN(const store::LayerRecord layer,
                         FindByName(paths, name));
  return store::WriteLayerArchive(paths, layer, sink);
}

}  // namespace cleat::layer
