#ifndef CLEAT_LIB_BASE_STATUS_MACROS_H_
#define CLEAT_LIB_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function when `expression`, an absl::Status, is
// not OK. Debian's Abseil is older than ABSL_RETURN_IF_ERROR.
#define CLEAT_RETURN_IF_ERROR(expression)          \
  do {                                             \
    absl::Status cleat_status_ = (expression);     \
    if (!cleat_status_.ok()) return cleat_status_; \
  } while (false)

// Evaluates `expression`, an absl::StatusOr<T>; returns its error from the
// enclosing function, or moves its value into `declaration`.
#define CLEAT_ASSIGN_OR_RETURN(declaration, expression)                     \
  CLEAT_ASSIGN_OR_RETURN_(CLEAT_STATUS_CONCAT_(cleat_status_or_, __LINE__), \
                          declaration, expression)

#define CLEAT_ASSIGN_OR_RETURN_(temporary, declaration, expression) \
  auto temporary = (expression);                                    \
  if (!temporary.ok()) return std::move(temporary).status();        \
  declaration = *std::move(temporary)

#define CLEAT_STATUS_CONCAT_(a, b) CLEAT_STATUS_CONCAT_INNER_(a, b)
#define CLEAT_STATUS_CONCAT_INNER_(a, b) a##b

#endif  // CLEAT_LIB_BASE_STATUS_MACROS_H_
