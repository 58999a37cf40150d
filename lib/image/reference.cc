#include "lib/image/reference.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/digest/digest.h"

namespace cleat::image {
namespace {

constexpr absl::string_view kDefaultDomain = "docker.io";
constexpr absl::string_view kLegacyDomain = "index.docker.io";
constexpr absl::string_view kOfficial = "library/";
constexpr size_t kMaxName = 255;
constexpr size_t kMaxTag = 128;

bool IsLowerAlnum(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool IsAlnum(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c));
}

// alpha-numeric [separator alpha-numeric]*, where a separator is ".", "_",
// "__" or any number of "-".
bool IsPathComponent(absl::string_view text) {
  if (text.empty() || !IsLowerAlnum(text.front()) ||
      !IsLowerAlnum(text.back())) {
    return false;
  }
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && !IsLowerAlnum(text[end])) ++end;
    const absl::string_view separator = text.substr(i, end - i);
    if (separator.size() > 1 && separator != "__" &&
        separator.find_first_not_of('-') != absl::string_view::npos) {
      return false;
    }
    if (separator.size() == 1 && !absl::StrContains("._-", separator)) {
      return false;
    }
    i = end + 1;
  }
  return true;
}

bool IsDomainComponent(absl::string_view text) {
  return !text.empty() && IsAlnum(text.front()) && IsAlnum(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlnum(c) || c == '-'; });
}

bool IsPort(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// "[" and an IPv6 address without a zone "]".
bool IsIpv6(absl::string_view text) {
  return absl::ConsumePrefix(&text, "[") && absl::ConsumeSuffix(&text, "]") &&
         !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c)) ||
                  c == ':';
         });
}

bool IsDomain(absl::string_view text) {
  const size_t colon = text.find_last_of(':');
  if (colon != absl::string_view::npos && !absl::EndsWith(text, "]")) {
    if (!IsPort(text.substr(colon + 1))) return false;
    text = text.substr(0, colon);
  }
  if (IsIpv6(text)) return true;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  return std::all_of(parts.begin(), parts.end(), IsDomainComponent);
}

bool IsPath(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  return std::all_of(parts.begin(), parts.end(), IsPathComponent);
}

// Whether the first part of a name is a domain rather than a directory.
bool LooksLikeDomain(absl::string_view part) {
  return part == "localhost" ||
         part.find_first_of(".:") != absl::string_view::npos ||
         std::any_of(part.begin(), part.end(), absl::ascii_isupper);
}

bool IsId(absl::string_view text) {
  return digest::IsSha256(absl::StrCat("sha256:", text));
}

absl::Status Bad(absl::string_view text, absl::string_view reason) {
  return absl::InvalidArgumentError(absl::StrCat(
      "parse image name '", absl::Utf8SafeCHexEscape(text.substr(0, 300)),
      "': ", reason));
}

absl::Status SplitName(absl::string_view text, absl::string_view name,
                       Reference& reference) {
  const size_t slash = name.find('/');
  reference.domain = std::string(kDefaultDomain);
  if (slash != absl::string_view::npos &&
      LooksLikeDomain(name.substr(0, slash))) {
    reference.domain = std::string(name.substr(0, slash));
    name.remove_prefix(slash + 1);
  }
  if (reference.domain == kLegacyDomain) {
    reference.domain = std::string(kDefaultDomain);
  }
  if (!IsDomain(reference.domain)) return Bad(text, "its domain is malformed");
  if (!IsPath(name)) {
    return Bad(text,
               "a name is lower-case letters and digits, separated by '/', "
               "'.', '_', '__' or '-'");
  }
  const bool official =
      reference.domain == kDefaultDomain && !absl::StrContains(name, '/');
  reference.path = absl::StrCat(official ? kOfficial : "", name);
  if (reference.domain.size() + 1 + reference.path.size() > kMaxName) {
    return Bad(text, "is longer than 255 characters");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsTag(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxTag && text.front() != '.' &&
         text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsAlnum(c) || c == '_' || c == '.' || c == '-';
         });
}

absl::StatusOr<Reference> ParseReference(absl::string_view text) {
  Reference reference;
  absl::string_view name = text;
  const size_t at = name.find('@');
  if (at != absl::string_view::npos) {
    reference.digest = std::string(name.substr(at + 1));
    if (!digest::IsSha256(reference.digest)) {
      return Bad(text,
                 "after '@' stands a digest, \"sha256:\" and 64 lower-case "
                 "hexadecimal digits");
    }
    name = name.substr(0, at);
  }
  const size_t colon = name.find_last_of(':');
  if (colon != absl::string_view::npos &&
      !absl::StrContains(name.substr(colon), '/')) {
    reference.tag = std::string(name.substr(colon + 1));
    if (!IsTag(reference.tag)) {
      return Bad(text,
                 "a tag is at most 128 letters, digits, '_', '.' and '-', and "
                 "begins with none of the last two");
    }
    name = name.substr(0, colon);
  }
  if (IsId(name)) {
    return Bad(text, "64 hexadecimal digits are an image's id, not a name");
  }
  CLEAT_RETURN_IF_ERROR(SplitName(text, name, reference));
  return reference;
}

std::string FamiliarName(const Reference& reference) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(reference.path, absl::MaxSplits('/', 1));
  // Without its domain "docker.io/a.b/c" would be of another one.
  if (reference.domain != kDefaultDomain ||
      (parts.size() > 1 && LooksLikeDomain(parts[0]))) {
    return absl::StrCat(reference.domain, "/", reference.path);
  }
  const absl::string_view path = absl::StripPrefix(reference.path, kOfficial);
  // "library/a/b" is no official image's name, and digits alone are an id.
  const bool whole = absl::StrContains(path, '/') || IsId(path);
  return std::string(whole ? reference.path : path);
}

std::string FamiliarReference(const Reference& reference) {
  const std::string name = FamiliarName(reference);
  if (!reference.digest.empty()) {
    return absl::StrCat(name, "@", reference.digest);
  }
  return absl::StrCat(name, ":",
                      reference.tag.empty() ? "latest" : reference.tag);
}

}  // namespace cleat::image
