#include "lib/stage/store_users.h"

#include <utility>

#include "lib/base/status_macros.h"
#include "lib/cli/current_process.h"
#include "lib/cli/document.h"
#include "lib/journal/select.h"
#include "lib/journal/state_root.h"
#include "lib/store/roots.h"
#include "lib/sys/file.h"
#include "proto/image.table.h"
#include "proto/layers.table.h"
#include "proto/process.table.h"

namespace cleat::stage {
namespace {

absl::Status AddLayers(const cli::Document& document, StoreUsers& users) {
  CLEAT_ASSIGN_OR_RETURN(const proto::Layers layers,
                         document.Get<proto::Layers>("layers"));
  for (const proto::UnpackedLayer& layer : layers.state().layers()) {
    users.layers.insert(layer.chain_id());
  }
  return absl::OkStatus();
}

absl::Status AddContainer(const journal::Instance& instance,
                          StoreUsers& users) {
  CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                         cli::CurrentDocument(instance));
  CLEAT_ASSIGN_OR_RETURN(const proto::Image image,
                         document.Get<proto::Image>("image"));
  CLEAT_ASSIGN_OR_RETURN(const proto::Process process,
                         document.Get<proto::Process>("process"));
  users.images.push_back(
      {instance.id(), image.state().id(), cli::IsRunning(process.state())});
  return AddLayers(document, users);
}

void AddFile(const std::string& file, StoreUsers& users) {
  const absl::StatusOr<std::string> text = sys::ReadFile(file);
  if (!text.ok()) return;
  const auto documents = cli::SplitDocuments(*text);
  if (!documents.ok()) return;
  for (const absl::string_view json : *documents) {
    const absl::StatusOr<cli::Document> document = cli::Document::Parse(json);
    if (document.ok()) AddLayers(*document, users).IgnoreError();
  }
}

}  // namespace

absl::StatusOr<StoreUsers> FindStoreUsers(const std::string& store) {
  StoreUsers users;
  CLEAT_ASSIGN_OR_RETURN(const std::string state, journal::StateRoot());
  CLEAT_ASSIGN_OR_RETURN(const std::vector<journal::Instance> instances,
                         journal::SelectAll(state));
  for (const journal::Instance& instance : instances) {
    const absl::Status status = AddContainer(instance, users);
    // It may have ended meanwhile.
    if (!absl::IsNotFound(status)) CLEAT_RETURN_IF_ERROR(status);
  }
  for (const std::string& file : store::ReadRoots(store)) AddFile(file, users);
  return users;
}

absl::StatusOr<std::set<std::string>> ContainerIds() {
  CLEAT_ASSIGN_OR_RETURN(const std::string state, journal::StateRoot());
  CLEAT_ASSIGN_OR_RETURN(const std::vector<journal::Instance> instances,
                         journal::SelectAll(state));
  std::set<std::string> ids;
  for (const journal::Instance& instance : instances) ids.insert(instance.id());
  return ids;
}

}  // namespace cleat::stage
