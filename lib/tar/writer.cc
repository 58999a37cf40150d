#include "lib/tar/writer.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/status_macros.h"
#include "lib/tar/header.h"

namespace cleat::tar {
namespace {

using absl::string_view;

constexpr char kZeros[2 * kBlockSize] = {};

constexpr char kTypeFlags[] = {'0', '1', '2', '3', '4', '5', '6'};

// "LENGTH KEYWORD=VALUE\n", where LENGTH counts its own digits, too.
std::string PaxRecord(string_view keyword, string_view value) {
  const size_t rest = keyword.size() + value.size() + 3;
  size_t length = rest + 1;
  while (length != rest + absl::StrCat(length).size()) {
    length = rest + absl::StrCat(length).size();
  }
  return absl::StrCat(length, " ", keyword, "=", value, "\n");
}

bool IsAscii(string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
}

// Whether `value` fits `digits` octal digits.
bool FitsOctal(int64_t value, int digits) {
  return value >= 0 && value >> (3 * digits) == 0;
}

template <size_t kSize>
void PutText(string_view text, char (&field)[kSize]) {
  memcpy(field, text.data(), std::min(text.size(), kSize));
}

// Zero where it does not fit: a PAX record has it then.
template <size_t kSize>
void PutOctal(int64_t value, char (&field)[kSize]) {
  constexpr int kDigits = static_cast<int>(kSize) - 1;
  if (!FitsOctal(value, kDigits)) value = 0;
  PutText(absl::StrFormat("%0*o", kDigits, value), field);
}

// Puts the name, divided at a slash where it must be. False if it cannot.
bool PutName(string_view name, Header* header) {
  if (!IsAscii(name)) return false;
  if (name.size() <= sizeof(header->name)) {
    PutText(name, header->name);
    return true;
  }
  const size_t slash = name.rfind('/', sizeof(header->prefix));
  if (slash == string_view::npos || slash == 0) return false;
  const string_view rest = name.substr(slash + 1);
  if (rest.empty() || rest.size() > sizeof(header->name)) return false;
  PutText(name.substr(0, slash), header->prefix);
  PutText(rest, header->name);
  return true;
}

void Seal(Header* header) {
  memcpy(header->magic, "ustar", 6);
  memcpy(header->version, "00", 2);
  PutText(absl::StrFormat("%06o", Checksum(*header)), header->checksum);
  header->checksum[6] = '\0';
  header->checksum[7] = ' ';
}

string_view Bytes(const Header& header) {
  return string_view(reinterpret_cast<const char*>(&header), sizeof(header));
}

std::string PaxTime(const struct timespec& time) {
  if (time.tv_nsec == 0) return absl::StrCat(time.tv_sec);
  // A negative time is written towards zero: -2 s + 0.75 s is "-1.25".
  const bool negative = time.tv_sec < 0;
  const int64_t seconds = negative ? -(time.tv_sec + 1) : time.tv_sec;
  const int64_t nanos = negative ? 1'000'000'000 - time.tv_nsec : time.tv_nsec;
  std::string text =
      absl::StrFormat("%s%d.%09d", negative ? "-" : "", seconds, nanos);
  return text.substr(0, text.find_last_not_of('0') + 1);
}

bool FitsHeader(const struct timespec& time) {
  return time.tv_nsec == 0 && FitsOctal(time.tv_sec, 11);
}

// Puts into `header` what fits and returns the PAX records of the rest.
std::string PutFields(const Entry& entry, int64_t size, Header* header) {
  std::string pax;
  const auto number = [&pax](string_view keyword, int64_t value, int digits) {
    if (!FitsOctal(value, digits)) {
      pax += PaxRecord(keyword, absl::StrCat(value));
    }
  };
  if (!PutName(entry.name, header)) pax += PaxRecord("path", entry.name);
  if (entry.link.size() > sizeof(header->link) || !IsAscii(entry.link)) {
    pax += PaxRecord("linkpath", entry.link);
  } else {
    PutText(entry.link, header->link);
  }
  number("uid", entry.uid, 7);
  number("gid", entry.gid, 7);
  number("size", size, 11);
  if (!FitsHeader(entry.mtime)) pax += PaxRecord("mtime", PaxTime(entry.mtime));
  for (const Xattr& xattr : entry.xattrs) {
    pax += PaxRecord(absl::StrCat("SCHILY.xattr.", xattr.name), xattr.value);
  }
  PutOctal(entry.mode & 07777, header->mode);
  PutOctal(entry.uid, header->uid);
  PutOctal(entry.gid, header->gid);
  PutOctal(size, header->size);
  PutOctal(entry.mtime.tv_sec, header->mtime);
  PutOctal(entry.major, header->major);
  PutOctal(entry.minor, header->minor);
  header->type = kTypeFlags[static_cast<size_t>(entry.type)];
  return pax;
}

// The extended header with these records, padded.
std::string PaxBlocks(string_view records) {
  Header header = {};
  PutText("PaxHeaders/entry", header.name);
  PutOctal(0644, header.mode);
  PutOctal(0, header.uid);
  PutOctal(0, header.gid);
  PutOctal(static_cast<int64_t>(records.size()), header.size);
  PutOctal(0, header.mtime);
  header.type = 'x';
  Seal(&header);
  const size_t padding = -records.size() & (kBlockSize - 1);
  return absl::StrCat(Bytes(header), records, string_view(kZeros, padding));
}

absl::Status CheckEntry(const Entry& entry) {
  if (entry.name.empty()) {
    return absl::InvalidArgumentError("write tar entry: it has no name");
  }
  if (absl::StrContains(entry.name, '\0') ||
      absl::StrContains(entry.link, '\0') || entry.size < 0 || entry.sparse) {
    return absl::InvalidArgumentError(absl::StrCat(
        "write tar entry '", entry.name, "': it cannot be represented"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Writer::EndEntry() {
  if (left_ != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("write tar entry: ", left_, " bytes are missing"));
  }
  if (padding_ == 0) return absl::OkStatus();
  return sink_(string_view(kZeros, static_cast<size_t>(padding_)));
}

absl::Status Writer::Add(const Entry& entry) {
  CLEAT_RETURN_IF_ERROR(CheckEntry(entry));
  CLEAT_RETURN_IF_ERROR(EndEntry());
  left_ = entry.type == Type::kFile ? entry.size : 0;
  padding_ = -left_ & (kBlockSize - 1);
  Header header = {};
  const std::string pax = PutFields(entry, left_, &header);
  Seal(&header);
  if (!pax.empty()) CLEAT_RETURN_IF_ERROR(sink_(PaxBlocks(pax)));
  return sink_(Bytes(header));
}

absl::Status Writer::Write(string_view data) {
  if (static_cast<int64_t>(data.size()) > left_) {
    return absl::FailedPreconditionError("write tar entry: too much data");
  }
  left_ -= static_cast<int64_t>(data.size());
  return sink_(data);
}

absl::Status Writer::Finish() {
  CLEAT_RETURN_IF_ERROR(EndEntry());
  padding_ = 0;
  return sink_(string_view(kZeros, sizeof(kZeros)));
}

}  // namespace cleat::tar
