#include "lib/ns/pin_files.h"

#include "absl/strings/str_cat.h"
#include "lib/journal/names.h"
#include "lib/journal/process.h"
#include "lib/pb/json.h"
#include "lib/sys/file.h"
#include "proto/container.table.h"

namespace cleat::ns {

std::string AllPins(const std::string& root) { return root + "/pins"; }

std::string PinPath(const std::string& root, const std::string& name) {
  return absl::StrCat(AllPins(root), "/", name);
}

absl::Status CheckPinName(const std::string& name) {
  if (journal::IsName(name)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "pin '", name,
      "': letters, digits, '_', '.' and '-' are expected, the first a letter "
      "or digit (a file has a '/')"));
}

absl::optional<proto::ProcessId> ReadHolder(const std::string& directory) {
  proto::ProcessId holder;
  const auto text = sys::ReadFile(absl::StrCat(directory, "/", kHolderFile));
  if (!text.ok() || !pb::ParseJson(*text, kHolderFile, &holder).ok() ||
      !journal::IsAlive(holder)) {
    return {};
  }
  return holder;
}

}  // namespace cleat::ns
