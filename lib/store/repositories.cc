#include "lib/store/repositories.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/digest/digest.h"
#include "lib/store/file_lock.h"
#include "lib/store/guard.h"
#include "lib/store/own_form.h"
#include "lib/sys/file.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace cleat::store {
namespace {

constexpr char kTop[] = "Repositories";

// Thousands of images of a few names each.
constexpr size_t kLimit = size_t{64} << 20;

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void WriteKey(Writer& writer, const std::string& key) {
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

// A reference must begin with its repository, and its image be a digest:
// both become names of files.
absl::Status CheckEntry(const base::JsonObject& repository,
                        absl::string_view name,
                        const std::pair<std::string, std::string>& entry) {
  const absl::Status id = digest::ParseHex(entry.second).status();
  if (!id.ok()) return repository.Error(entry.first, id.message());
  if (absl::StartsWith(entry.first, name)) return absl::OkStatus();
  return repository.Error(entry.first, "is not in its own repository");
}

}  // namespace

absl::StatusOr<Repositories> Repositories::Parse(std::string text,
                                                 absl::string_view name) {
  CLEAT_ASSIGN_OR_RETURN(
      base::JsonDocument document,
      base::JsonDocument::Parse(std::move(text), name, kLimit));
  CLEAT_ASSIGN_OR_RETURN(const base::JsonObject object, document.Object());
  Repositories repositories;
  CLEAT_ASSIGN_OR_RETURN(const base::JsonObject::NamedObjects members,
                         object.ObjectMap(kTop));
  for (const auto& member : members) {
    CLEAT_ASSIGN_OR_RETURN(base::JsonObject::Pairs entries,
                           member.second.StringMap());
    References& references = repositories.all_[member.first];
    for (auto& entry : entries) {
      CLEAT_RETURN_IF_ERROR(CheckEntry(member.second, member.first, entry));
      references.insert(std::move(entry));
    }
  }
  return repositories;
}

std::string Repositories::Print() const {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  writer.Key(kTop);
  writer.StartObject();
  for (const auto& repository : all_) {
    WriteKey(writer, repository.first);
    writer.StartObject();
    for (const auto& entry : repository.second) {
      WriteKey(writer, entry.first);
      writer.String(entry.second.data(),
                    static_cast<rapidjson::SizeType>(entry.second.size()));
    }
    writer.EndObject();
  }
  writer.EndObject();
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize());
}

absl::StatusOr<Repositories> Repositories::Load(const Paths& paths) {
  absl::StatusOr<std::string> text =
      sys::ReadFile(paths.Repositories(), kLimit);
  if (absl::IsNotFound(text.status())) {
    CLEAT_RETURN_IF_ERROR(CheckLayout(paths.root()));
    return Repositories();
  }
  if (!text.ok()) return text.status();
  return Parse(*std::move(text), paths.Repositories());
}

absl::Status Repositories::Update(
    const Paths& paths, absl::FunctionRef<absl::Status(Repositories&)> change,
    absl::FunctionRef<absl::Status()> then) {
  CLEAT_RETURN_IF_ERROR(OwnForm(paths.root()).status());
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd guard, GuardWriting(paths.root()));
  CLEAT_RETURN_IF_ERROR(paths.MakeForImages());
  // The directory serves as the lock: the file itself is replaced.
  CLEAT_ASSIGN_OR_RETURN(sys::Fd lock,
                         LockFile(paths.Images(), LockMode::kExclusive));
  CLEAT_ASSIGN_OR_RETURN(Repositories repositories, Load(paths));
  const std::map<std::string, References> before = repositories.all_;
  CLEAT_RETURN_IF_ERROR(change(repositories));
  if (repositories.all_ != before) {
    CLEAT_RETURN_IF_ERROR(
        sys::WriteFileAtomic(paths.Repositories(), repositories.Print(), 0600));
  }
  return then();
}

std::string Repositories::Find(const image::Reference& reference) const {
  const auto repository = all_.find(image::FamiliarName(reference));
  if (repository == all_.end()) return "";
  const auto entry =
      repository->second.find(image::FamiliarReference(reference));
  return entry == repository->second.end() ? "" : entry->second;
}

void Repositories::Set(const image::Reference& reference,
                       absl::string_view image_id) {
  all_[image::FamiliarName(reference)][image::FamiliarReference(reference)] =
      std::string(image_id);
}

void Repositories::Remove(const std::string& familiar_reference) {
  for (auto repository = all_.begin(); repository != all_.end(); ++repository) {
    if (repository->second.erase(familiar_reference) == 0) continue;
    if (repository->second.empty()) all_.erase(repository);
    return;
  }
}

std::vector<std::string> Repositories::NamesOf(
    absl::string_view image_id) const {
  std::vector<std::string> names;
  for (const auto& repository : all_) {
    for (const auto& entry : repository.second) {
      if (entry.second == image_id) names.push_back(entry.first);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace cleat::store
