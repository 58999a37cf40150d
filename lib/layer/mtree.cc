#include "lib/layer/mtree.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace cleat::layer {
namespace {

// By tar::Type.
constexpr const char* kTypes[] = {"file",  "file", "link", "char",
                                  "block", "dir",  "fifo"};

std::string Vis(absl::string_view text) {
  std::string result;
  for (const char c : text) {
    if (absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '\\' &&
        c != '#' && c != '=') {
      result += c;
    } else {
      absl::StrAppendFormat(&result, "\\%03o", static_cast<unsigned char>(c));
    }
  }
  return result;
}

std::string PathOf(absl::string_view name) {
  absl::ConsumeSuffix(&name, "/");
  return name == "." ? "." : absl::StrCat("./", Vis(name));
}

}  // namespace

std::string MtreeLine(const tar::Entry& entry, absl::string_view digest) {
  std::string line = absl::StrFormat(
      "%s type=%s uid=%d gid=%d mode=%04o time=%d.%09d", PathOf(entry.name),
      kTypes[static_cast<size_t>(entry.type)], entry.uid, entry.gid, entry.mode,
      entry.mtime.tv_sec, entry.mtime.tv_nsec);
  if (entry.type == tar::Type::kSymlink) {
    absl::StrAppend(&line, " link=", Vis(entry.link));
  }
  if (entry.type == tar::Type::kFile) {
    absl::StrAppend(&line, " size=", entry.size);
  }
  if (entry.type == tar::Type::kCharDevice ||
      entry.type == tar::Type::kBlockDevice) {
    absl::StrAppend(&line, " device=linux,", entry.major, ",", entry.minor);
  }
  for (const tar::Xattr& xattr : entry.xattrs) {
    absl::StrAppend(&line, " xattr.", Vis(xattr.name), "=", Vis(xattr.value));
  }
  if (absl::ConsumePrefix(&digest, "sha256:")) {
    absl::StrAppend(&line, " sha256digest=", digest);
  }
  return line + "\n";
}

}  // namespace cleat::layer
