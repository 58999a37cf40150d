#ifndef CLEAT_LIB_IMAGE_REFERENCE_H_
#define CLEAT_LIB_IMAGE_REFERENCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Names of images, by Docker's grammar (distribution/reference: reference.go,
// normalize.go):
//
//   [DOMAIN[:PORT]/]PATH[:TAG][@DIGEST]
//
// The first part is a domain when it has a dot, a colon or an upper-case
// letter, or is "localhost"; otherwise the domain is docker.io, and a path of
// one part is below "library/" there. The grammar is scanned by hand: to
// compile its regular expression takes longer than the rest of image-get.

namespace cleat::image {

struct Reference {
  // "docker.io", "localhost:5000".
  std::string domain;
  // "library/busybox".
  std::string path;
  // Empty where none was given.
  std::string tag;
  // "sha256:…"; empty where none was given.
  std::string digest;
};

// kInvalidArgument, naming the part that is wrong.
absl::StatusOr<Reference> ParseReference(absl::string_view text);

// The name as people write it: "busybox", "quay.io/team/app".
std::string FamiliarName(const Reference& reference);

// The name with its tag ("latest" where there is none), or with its digest
// where there is one: a key of repositories.json.
std::string FamiliarReference(const Reference& reference);

// "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}".
bool IsTag(absl::string_view text);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_REFERENCE_H_
