#ifndef CLEAT_LIB_LAYER_NAME_H_
#define CLEAT_LIB_LAYER_NAME_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Names in a layer's archive.

namespace cleat::layer {

// "./etc//passwd", "/etc/passwd" and "usr/../etc/passwd" are "etc/passwd"; the
// root is "". kInvalidArgument for a name that is empty, longer than 4095 bytes
// (PATH_MAX) or whose ".." lead out of the root.
absl::StatusOr<std::string> CleanName(absl::string_view name);

// Whether a symbolic link in the directory `parent` has a target whose ".."
// lead out of the root. Docker refuses such links, too; absolute targets are
// fine: they mean the container's root.
bool LeadsOut(absl::string_view parent, absl::string_view target);

// "etc/passwd" to {"etc", "passwd"}; "etc" to {"", "etc"}.
struct SplitName {
  absl::string_view parent;
  absl::string_view base;
};
SplitName Split(absl::string_view clean_name);

// What an entry's name means: OCI image spec, layer.md, "Whiteouts".
enum class Meaning {
  kEntry,
  kWhiteout,  // ".wh.NAME": NAME of the layers below is gone.
  kOpaque,    // ".wh..wh..opq": all of this directory is.
  kIgnored,   // ".wh..wh.…": what AUFS kept for itself.
};
Meaning MeaningOf(absl::string_view clean_name);

// NAME of a base ".wh.NAME". kInvalidArgument for ".wh.", and for "." and "..".
absl::StatusOr<absl::string_view> WhiteoutTarget(absl::string_view base);

// For messages: quoted, nothing in it harms a terminal.
std::string Quoted(absl::string_view name);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_NAME_H_
