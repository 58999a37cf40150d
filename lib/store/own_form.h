#ifndef CLEAT_LIB_STORE_OWN_FORM_H_
#define CLEAT_LIB_STORE_OWN_FORM_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/store/store_form.h"

// The form (store_form.h) in which this process, root or not, can use a store.

namespace cleat::store {

// Root: "trusted". The root of a user namespace: "user", with that namespace's
// maps. An ordinary user: "user", with the maps that the store has, or of a new
// one the best that he can have (ns::FindOwnMaps). kFailedPrecondition, saying
// what the store holds, when it is in another form, and kPermissionDenied when
// it is another user's.
absl::StatusOr<StoreForm> OwnForm(const std::string& root);

// Gives this process the rights to work on what a store of this form holds, by
// entering a user namespace where it has to (ns::BecomeRoot).
absl::Status EnterForm(const StoreForm& form);

// The same for who only reads a store, whatever its form: an ordinary user
// whose store it is gets those rights, others have what they have.
absl::Status EnterToRead(const std::string& root);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_OWN_FORM_H_
