#include "lib/store/layer_record.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/digest/digest.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

// No fact is longer than a digest.
constexpr size_t kFactLimit = 256;

absl::StatusOr<std::string> ReadFact(const Paths& paths,
                                     absl::string_view chain_id,
                                     absl::string_view fact) {
  CLEAT_RETURN_IF_ERROR(digest::ParseHex(chain_id).status());
  const std::string path = absl::StrCat(paths.Layer(chain_id), "/", fact);
  absl::StatusOr<std::string> text = sys::ReadFile(path, kFactLimit);
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(
        absl::StrCat("layer ", chain_id, " is not in store ", paths.root()));
  }
  return text;
}

absl::Status Damaged(const Paths& paths, absl::string_view chain_id,
                     absl::string_view fact) {
  return absl::DataLossError(
      absl::StrCat("read ", paths.Layer(chain_id), "/", fact,
                   ": says what cannot be: the store is damaged"));
}

absl::StatusOr<std::string> ReadDigestFact(const Paths& paths,
                                           absl::string_view chain_id,
                                           absl::string_view fact) {
  CLEAT_ASSIGN_OR_RETURN(std::string digest, ReadFact(paths, chain_id, fact));
  if (!digest::IsSha256(digest)) return Damaged(paths, chain_id, fact);
  return digest;
}

absl::Status WriteFact(const std::string& directory, absl::string_view fact,
                       absl::string_view text) {
  const std::string path = absl::StrCat(directory, "/", fact);
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::Open(path, O_WRONLY | O_CREAT | O_EXCL, 0644));
  return sys::WriteAll(fd.get(), text, path);
}

}  // namespace

absl::StatusOr<std::string> ReadCacheId(const Paths& paths,
                                        absl::string_view chain_id) {
  CLEAT_ASSIGN_OR_RETURN(std::string cache_id,
                         ReadFact(paths, chain_id, "cache-id"));
  if (!IsCacheId(cache_id)) return Damaged(paths, chain_id, "cache-id");
  return cache_id;
}

absl::StatusOr<std::string> ReadLayerDiffId(const Paths& paths,
                                            absl::string_view chain_id) {
  return ReadDigestFact(paths, chain_id, "diff");
}

absl::StatusOr<int64_t> ReadLayerSize(const Paths& paths,
                                      absl::string_view chain_id) {
  CLEAT_ASSIGN_OR_RETURN(const std::string text,
                         ReadFact(paths, chain_id, "size"));
  int64_t size = 0;
  if (!absl::SimpleAtoi(text, &size) || size < 0) {
    return Damaged(paths, chain_id, "size");
  }
  return size;
}

absl::StatusOr<LayerRecord> ReadLayerRecord(const Paths& paths,
                                            absl::string_view chain_id) {
  LayerRecord record;
  record.chain_id = std::string(chain_id);
  CLEAT_ASSIGN_OR_RETURN(record.cache_id, ReadCacheId(paths, chain_id));
  CLEAT_ASSIGN_OR_RETURN(record.diff_id, ReadLayerDiffId(paths, chain_id));
  CLEAT_ASSIGN_OR_RETURN(record.size, ReadLayerSize(paths, chain_id));
  CLEAT_ASSIGN_OR_RETURN(record.parent, ReadLayerParent(paths, chain_id));
  return record;
}

absl::StatusOr<std::string> ReadLayerParent(const Paths& paths,
                                            absl::string_view chain_id) {
  absl::StatusOr<std::string> parent =
      ReadDigestFact(paths, chain_id, "parent");
  if (absl::IsNotFound(parent.status())) return std::string();
  return parent;
}

absl::Status WriteLayerRecord(const std::string& path,
                              const LayerRecord& record) {
  if (mkdir(path.c_str(), 0700) != 0) {
    return sys::ErrnoError("make directory ", path);
  }
  CLEAT_RETURN_IF_ERROR(WriteFact(path, "cache-id", record.cache_id));
  CLEAT_RETURN_IF_ERROR(WriteFact(path, "diff", record.diff_id));
  if (!record.parent.empty()) {
    CLEAT_RETURN_IF_ERROR(WriteFact(path, "parent", record.parent));
  }
  return WriteFact(path, "size", absl::StrCat(record.size));
}

}  // namespace cleat::store
