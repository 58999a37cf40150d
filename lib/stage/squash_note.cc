#include "lib/stage/squash_note.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/ns/rootless.h"
#include "lib/store/store_form.h"
#include "lib/sys/file.h"

namespace cleat::stage {

absl::Status NoteSquashing(const std::string& store,
                           absl::FunctionRef<absl::Status()> fill) {
  const std::string file = absl::StrCat(store, "/", store::kStoreFormFile);
  const bool is_new = !sys::Exists(file);
  // Asked first: within a user namespace the reason is out of sight.
  std::string reason = "this user namespace has one id only";
  if (is_new && ns::RightsHere() == ns::Rights::kOrdinary) {
    CLEAT_ASSIGN_OR_RETURN(const ns::OwnMaps own, ns::FindOwnMaps());
    reason = own.squashed;
  }
  CLEAT_RETURN_IF_ERROR(fill());
  if (!is_new || !sys::Exists(file)) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const store::StoreForm form,
                         store::ReadStoreForm(store));
  if (!form.squashed()) return absl::OkStatus();
  return sys::WriteAll(STDERR_FILENO,
                       absl::StrCat("note: all files in store ", store,
                                    " have one owner: ", reason, "\n"),
                       "standard error");
}

}  // namespace cleat::stage
