#include "lib/store/store_form.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

std::string FormPath(const std::string& root) {
  return absl::StrCat(root, "/", kStoreFormFile);
}

absl::StatusOr<StoreForm> ParseStoreForm(std::string text,
                                         const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(base::JsonDocument document,
                         base::JsonDocument::Parse(std::move(text), path));
  CLEAT_ASSIGN_OR_RETURN(base::JsonObject object, document.Object());
  CLEAT_ASSIGN_OR_RETURN(absl::string_view xattrs, object.String("xattrs"));
  if (xattrs != "trusted" && xattrs != "user") {
    return object.Error("xattrs", "is neither \"trusted\" nor \"user\"");
  }
  CLEAT_ASSIGN_OR_RETURN(absl::string_view id_map,
                         object.OptionalString("idMap"));
  CLEAT_ASSIGN_OR_RETURN(absl::string_view gid_map,
                         object.OptionalString("gidMap"));
  return StoreForm{std::string(xattrs), std::string(id_map),
                   std::string(gid_map)};
}

// No field needs escaping: fixed words, digits, blanks and commas.
std::string PrintField(absl::string_view name, const std::string& value) {
  if (value.empty()) return "";
  return absl::StrCat(",\"", name, "\":\"", value, "\"");
}

std::string PrintStoreForm(const StoreForm& form) {
  return absl::StrCat("{\"xattrs\":\"", form.xattrs, "\"",
                      PrintField("idMap", form.id_map),
                      PrintField("gidMap", form.gid_map), "}\n");
}

std::string Describe(const StoreForm& form) {
  return absl::StrCat(
      "\"", form.xattrs, ".\" attributes and ",
      form.id_map.empty() ? "no id map"
                          : absl::StrCat("the id map ", form.id_map),
      form.gid_map.empty() ? ""
                           : absl::StrCat(" (groups: ", form.gid_map, ")"));
}

}  // namespace

bool StoreForm::squashed() const {
  return absl::EndsWith(id_map, " 1") && !absl::StrContains(id_map, ',');
}

absl::StatusOr<StoreForm> ReadStoreForm(const std::string& root) {
  const std::string path = FormPath(root);
  // Asked first: most stores of root have none, and an error takes time.
  if (!sys::Exists(path)) return StoreForm();
  CLEAT_ASSIGN_OR_RETURN(std::string text, sys::ReadFile(path, 64 << 10));
  return ParseStoreForm(std::move(text), path);
}

absl::Status CheckStoreForm(const std::string& root, const StoreForm& wanted) {
  CLEAT_ASSIGN_OR_RETURN(const StoreForm form, ReadStoreForm(root));
  if (form == wanted) return absl::OkStatus();
  if (!sys::Exists(FormPath(root)) &&
      !sys::Exists(absl::StrCat(root, "/overlay2"))) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "use store ", root, ": its layers have ", Describe(form), ", not ",
      Describe(wanted), ": choose another with --store"));
}

absl::Status RecordStoreForm(const std::string& root, const StoreForm& form) {
  const std::string path = FormPath(root);
  if (sys::Exists(path)) return absl::OkStatus();
  return sys::WriteFileAtomic(path, PrintStoreForm(form), 0644);
}

}  // namespace cleat::store
