#include "lib/tar/reader.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cleat::tar {
namespace {

using absl::string_view;

// A PAX header or a long name; Go's limit, too.
constexpr int64_t kMaxSpecial = 1 << 20;
// 2^63 - 1 minus room for the padding.
constexpr int64_t kMaxSize = std::numeric_limits<int64_t>::max() - kBlockSize;

struct TypeFlag {
  char flag;
  Type type;
};

constexpr TypeFlag kTypeFlags[] = {
    {'0', Type::kFile},       {'\0', Type::kFile},
    {'7', Type::kFile},  // Contiguous, once.
    {'S', Type::kFile},  // GNU sparse.
    {'1', Type::kHardLink},   {'2', Type::kSymlink},
    {'3', Type::kCharDevice}, {'4', Type::kBlockDevice},
    {'5', Type::kDirectory},  {'6', Type::kFifo},
};

absl::StatusOr<Type> ParseType(const Header& header, string_view name) {
  for (const TypeFlag& known : kTypeFlags) {
    if (known.flag != header.type) continue;
    // V7 knew no directories but by name.
    const bool directory =
        known.type == Type::kFile && absl::EndsWith(name, "/");
    return directory ? Type::kDirectory : known.type;
  }
  return absl::DataLossError(absl::StrCat(
      "unknown type '", absl::CHexEscape(string_view(&header.type, 1)), "'"));
}

bool IsDevice(Type type) {
  return type == Type::kCharDevice || type == Type::kBlockDevice;
}

// The name in the header itself; see DialectOf for who has a prefix.
std::string HeaderName(const Header& header) {
  const Dialect dialect = DialectOf(header);
  string_view prefix;
  if (dialect == Dialect::kUstar) prefix = Text(header.prefix);
  if (dialect == Dialect::kStar) prefix = Text(header.prefix).substr(0, 131);
  if (prefix.empty()) return std::string(Text(header.name));
  return absl::StrCat(prefix, "/", Text(header.name));
}

// Ids are 32 bits, and (uid_t)-1 means "leave it" to chown(2).
absl::StatusOr<uint32_t> CheckId(string_view field, int64_t id) {
  if (id >= 0 && id < std::numeric_limits<uint32_t>::max()) {
    return static_cast<uint32_t>(id);
  }
  return absl::DataLossError(absl::StrCat(field, " ", id, " is no id"));
}

template <size_t kSize>
absl::StatusOr<int64_t> NumberOr(const absl::optional<int64_t>& pax,
                                 const char (&field)[kSize]) {
  if (pax.has_value()) return *pax;
  return Number(field);
}

absl::Status SetDevice(const Header& header, Entry* entry) {
  CLEAT_ASSIGN_OR_RETURN(const int64_t major, Number(header.major));
  CLEAT_ASSIGN_OR_RETURN(const int64_t minor, Number(header.minor));
  // The kernel's dev_t has 12 and 20 bits.
  if (major < 0 || major >= 1 << 12 || minor < 0 || minor >= 1 << 20) {
    return absl::DataLossError(
        absl::StrCat("device ", major, ":", minor, " does not exist"));
  }
  entry->major = static_cast<uint32_t>(major);
  entry->minor = static_cast<uint32_t>(minor);
  return absl::OkStatus();
}

absl::Status SetOwner(const Header& header, const PaxRecords& pax,
                      Entry* entry) {
  CLEAT_ASSIGN_OR_RETURN(const int64_t uid, NumberOr(pax.uid, header.uid));
  CLEAT_ASSIGN_OR_RETURN(const int64_t gid, NumberOr(pax.gid, header.gid));
  CLEAT_ASSIGN_OR_RETURN(entry->uid, CheckId("uid", uid));
  CLEAT_ASSIGN_OR_RETURN(entry->gid, CheckId("gid", gid));
  return absl::OkStatus();
}

absl::Status SetModeAndTime(const Header& header, const PaxRecords& pax,
                            Entry* entry) {
  CLEAT_ASSIGN_OR_RETURN(const int64_t mode, Number(header.mode));
  entry->mode = static_cast<uint32_t>(mode) & 07777;
  if (pax.mtime.has_value()) {
    entry->mtime = *pax.mtime;
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(entry->mtime.tv_sec, Number(header.mtime));
  return absl::OkStatus();
}

std::string FirstSet(const std::string& a, const std::string& b,
                     const std::string& c) {
  if (!a.empty()) return a;
  return b.empty() ? c : b;
}

void StripLastNul(std::string* text) {
  text->resize(std::min(text->size(), text->find('\0')));
}

}  // namespace

absl::StatusOr<bool> Reader::Next(Entry* entry) {
  CLEAT_RETURN_IF_ERROR(SkipData());
  CLEAT_RETURN_IF_ERROR(input_.Skip(padding_));
  padding_ = 0;
  const int64_t position = input_.position();
  absl::StatusOr<bool> more = ReadHeaders(entry);
  if (more.ok() || !absl::IsDataLoss(more.status())) return more;
  return absl::DataLossError(absl::StrCat("tar header at byte ", position, ": ",
                                          more.status().message()));
}

absl::Status Reader::SkipData() {
  while (stored_ > 0) {
    CLEAT_ASSIGN_OR_RETURN(const string_view bytes, input_.Data(stored_));
    stored_ -= static_cast<int64_t>(bytes.size());
    CLEAT_RETURN_IF_ERROR(ShowData(bytes));
  }
  return absl::OkStatus();
}

absl::Status Reader::ShowData(string_view bytes) {
  if (tap_ == nullptr) return absl::OkStatus();
  return sparse_ ? tap_->OnRaw(bytes) : tap_->OnData(bytes);
}

absl::StatusOr<bool> Reader::ReadHeaders(Entry* entry) {
  Prelude prelude;
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const string_view block, input_.Block());
    if (block.empty() || IsZero(block)) {
      if (prelude.any) return absl::DataLossError("describes no entry");
      if (!block.empty()) CLEAT_RETURN_IF_ERROR(EndOfArchive());
      if (tap_ != nullptr) CLEAT_RETURN_IF_ERROR(tap_->OnEnd());
      return false;
    }
    // Copied: reading what follows invalidates the block.
    Header header;
    memcpy(&header, block.data(), sizeof(header));
    CLEAT_RETURN_IF_ERROR(VerifyChecksum(header));
    CLEAT_ASSIGN_OR_RETURN(const bool taken, TakePrelude(header, &prelude));
    if (taken) continue;
    CLEAT_RETURN_IF_ERROR(SetEntry(header, std::move(prelude), entry));
    sparse_ = entry->sparse;
    if (tap_ != nullptr) CLEAT_RETURN_IF_ERROR(tap_->OnEntry(*entry));
    return true;
  }
}

// One block of zeros was read. A second one must follow, or nothing.
absl::Status Reader::EndOfArchive() {
  CLEAT_ASSIGN_OR_RETURN(const string_view block, input_.Block());
  if (block.empty() || IsZero(block)) return absl::OkStatus();
  return absl::DataLossError("a single block of zeros within the archive");
}

absl::StatusOr<bool> Reader::TakePrelude(const Header& header,
                                         Prelude* prelude) {
  // 'X' is Solaris's name for 'x'.
  if (!absl::StrContains("xXgLK", header.type)) return false;
  CLEAT_ASSIGN_OR_RETURN(std::string data, ReadSpecial(header));
  if (header.type == 'g') return true;
  prelude->any = true;
  if (header.type == 'L' || header.type == 'K') {
    StripLastNul(&data);
    (header.type == 'L' ? prelude->long_name : prelude->long_link) =
        std::move(data);
    return true;
  }
  CLEAT_RETURN_IF_ERROR(ParsePax(data, &prelude->pax));
  return true;
}

absl::StatusOr<std::string> Reader::ReadSpecial(const Header& header) {
  CLEAT_ASSIGN_OR_RETURN(const int64_t size, Number(header.size));
  if (size < 0 || size > kMaxSpecial) {
    return absl::DataLossError(absl::StrCat("extended header of ", size,
                                            " bytes, at most ", kMaxSpecial,
                                            " are read"));
  }
  CLEAT_ASSIGN_OR_RETURN(std::string data,
                         input_.Exactly(static_cast<size_t>(size)));
  CLEAT_RETURN_IF_ERROR(input_.Skip(-size & (kBlockSize - 1)));
  return data;
}

absl::Status Reader::SetEntry(const Header& header, Prelude prelude,
                              Entry* entry) {
  *entry = Entry();
  PaxRecords& pax = prelude.pax;
  entry->name =
      FirstSet(pax.path.value_or(""), prelude.long_name, HeaderName(header));
  entry->link = FirstSet(pax.linkpath.value_or(""), prelude.long_link,
                         std::string(Text(header.link)));
  entry->xattrs = std::move(pax.xattrs);
  CLEAT_ASSIGN_OR_RETURN(entry->type, ParseType(header, entry->name));
  CLEAT_RETURN_IF_ERROR(SetOwner(header, pax, entry));
  CLEAT_RETURN_IF_ERROR(SetModeAndTime(header, pax, entry));
  if (IsDevice(entry->type)) CLEAT_RETURN_IF_ERROR(SetDevice(header, entry));
  return SetData(header, prelude, entry);
}

absl::Status Reader::SetData(const Header& header, const Prelude& prelude,
                             Entry* entry) {
  extents_.clear();
  extent_ = 0;
  done_ = 0;
  if (entry->type != Type::kFile) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(stored_, NumberOr(prelude.pax.size, header.size));
  if (stored_ < 0 || stored_ > kMaxSize) {
    stored_ = 0;
    return absl::DataLossError("size is negative or too large");
  }
  padding_ = -stored_ & (kBlockSize - 1);
  entry->size = stored_;
  CLEAT_RETURN_IF_ERROR(SetSparse(header, prelude, entry));
  if (entry->sparse) return CheckExtents(extents_, stored_, entry->size);
  extents_.push_back({0, stored_});
  return absl::OkStatus();
}

absl::Status Reader::SetSparse(const Header& header, const Prelude& prelude,
                               Entry* entry) {
  const PaxRecords& pax = prelude.pax;
  if (header.type == 'S') {
    CLEAT_ASSIGN_OR_RETURN(entry->size, Number(header.gnu.real_size));
    entry->sparse = true;
    return ReadOldSparse(header);
  }
  if (!pax.has_sparse_map && !pax.sparse_major.has_value()) {
    return absl::OkStatus();
  }
  entry->sparse = true;
  entry->name = pax.sparse_name.value_or(entry->name);
  entry->size = pax.sparse_real_size.value_or(entry->size);
  if (pax.sparse_major.value_or(0) == 1) return ReadSparse1();
  extents_ = pax.sparse_map;
  return absl::OkStatus();
}

absl::Status Reader::ReadOldSparse(const Header& header) {
  CLEAT_ASSIGN_OR_RETURN(
      bool ended,
      AppendOldSparse(string_view(header.gnu.sparse, 96), &extents_));
  bool extended = header.gnu.is_extended != '\0';
  while (extended) {
    CLEAT_ASSIGN_OR_RETURN(const string_view bytes, input_.Block());
    if (bytes.empty()) return absl::DataLossError("sparse map: truncated");
    SparseBlock block;
    memcpy(&block, bytes.data(), sizeof(block));
    extended = block.is_extended != '\0';
    if (ended) continue;
    CLEAT_ASSIGN_OR_RETURN(
        ended, AppendOldSparse(string_view(block.sparse, 504), &extents_));
  }
  return absl::OkStatus();
}

// One line of the map that format 1.0 puts before the data, in whole blocks.
absl::StatusOr<int64_t> Reader::ReadSparseNumber(string_view* block) {
  int64_t number = 0;
  for (int digits = 0; digits < 19; ++digits) {
    if (block->empty()) {
      if (stored_ < static_cast<int64_t>(kBlockSize)) break;
      CLEAT_ASSIGN_OR_RETURN(*block, input_.Block());
      if (block->empty()) break;
      stored_ -= kBlockSize;
    }
    const char c = block->front();
    block->remove_prefix(1);
    if (c == '\n' && digits > 0) return number;
    if (c < '0' || c > '9') break;
    number = number * 10 + (c - '0');
  }
  return absl::DataLossError("sparse map: not a number");
}

absl::Status Reader::ReadSparse1() {
  string_view block;
  CLEAT_ASSIGN_OR_RETURN(const int64_t count, ReadSparseNumber(&block));
  if (count > static_cast<int64_t>(kMaxExtents)) {
    return absl::DataLossError("sparse map: too many extents");
  }
  for (int64_t i = 0; i < count; ++i) {
    CLEAT_ASSIGN_OR_RETURN(const int64_t offset, ReadSparseNumber(&block));
    CLEAT_ASSIGN_OR_RETURN(const int64_t size, ReadSparseNumber(&block));
    extents_.push_back({offset, size});
  }
  return absl::OkStatus();
}

absl::StatusOr<Reader::Piece> Reader::Data() {
  while (extent_ < extents_.size() && done_ == extents_[extent_].size) {
    ++extent_;
    done_ = 0;
  }
  if (extent_ == extents_.size()) return Piece();
  const Extent& extent = extents_[extent_];
  Piece piece;
  piece.offset = extent.offset + done_;
  CLEAT_ASSIGN_OR_RETURN(piece.bytes, input_.Data(extent.size - done_));
  done_ += static_cast<int64_t>(piece.bytes.size());
  stored_ -= static_cast<int64_t>(piece.bytes.size());
  CLEAT_RETURN_IF_ERROR(ShowData(piece.bytes));
  return piece;
}

}  // namespace cleat::tar
