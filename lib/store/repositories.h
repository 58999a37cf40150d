#ifndef CLEAT_LIB_STORE_REPOSITORIES_H_
#define CLEAT_LIB_STORE_REPOSITORIES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/image/reference.h"
#include "lib/store/paths.h"

// The store's names of images: repositories.json, as dockerd writes it (moby:
// reference/store.go), one line without an end, all keys sorted:
//
//   {"Repositories":{"busybox":{"busybox:latest":"sha256:…",
//                               "busybox@sha256:…":"sha256:…"}}}
//
// Names are in their familiar form; values are ImageIDs.

namespace cleat::store {

class Repositories {
 public:
  // From a reference, "busybox:latest" or "busybox@sha256:…", to an ImageID.
  using References = std::map<std::string, std::string>;

  // Empty where there is no file. kInvalidArgument, naming the field, for one
  // that is malformed.
  static absl::StatusOr<Repositories> Load(const Paths& paths);
  static absl::StatusOr<Repositories> Parse(std::string text,
                                            absl::string_view name);
  std::string Print() const;

  // Reads, lets `change` work on what was read, and replaces the file, while
  // nobody else can change it. Nothing is written when `change` fails or
  // changes nothing. `then` is called after that, before others go on.
  // kFailedPrecondition while a dockerd runs on the store, and for one in
  // another form than the caller's (own_form.h), whose file its owner could not
  // read.
  static absl::Status Update(
      const Paths& paths, absl::FunctionRef<absl::Status(Repositories&)> change,
      absl::FunctionRef<absl::Status()> then = [] { return absl::OkStatus(); });

  // The ImageID of a name; empty when there is none.
  std::string Find(const image::Reference& reference) const;
  void Set(const image::Reference& reference, absl::string_view image_id);
  // Forgets a key of `all`'s values ("busybox:latest"); what is absent, too.
  void Remove(const std::string& familiar_reference);

  // All names of an image, sorted.
  std::vector<std::string> NamesOf(absl::string_view image_id) const;

  // By repository.
  const std::map<std::string, References>& all() const { return all_; }

 private:
  std::map<std::string, References> all_;
};

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_REPOSITORIES_H_
