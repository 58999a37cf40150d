#include "lib/image/config.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/digest/digest.h"

namespace cleat::image {
namespace {

using base::JsonObject;
using Strings = google::protobuf::RepeatedPtrField<std::string>;

absl::Status TakeString(const JsonObject& object, absl::string_view key,
                        std::string* field) {
  CLEAT_ASSIGN_OR_RETURN(absl::string_view text, object.OptionalString(key));
  *field = std::string(text);
  return absl::OkStatus();
}

absl::Status TakeStrings(const JsonObject& object, absl::string_view key,
                         Strings* field) {
  CLEAT_ASSIGN_OR_RETURN(std::vector<std::string> values, object.Strings(key));
  for (std::string& value : values) *field->Add() = std::move(value);
  return absl::OkStatus();
}

// Go's sets: objects whose members' names count. Sorted, as Go writes them.
absl::Status TakeKeys(const JsonObject& object, absl::string_view key,
                      Strings* field) {
  CLEAT_ASSIGN_OR_RETURN(std::vector<std::string> keys, object.Keys(key));
  std::sort(keys.begin(), keys.end());
  for (std::string& value : keys) *field->Add() = std::move(value);
  return absl::OkStatus();
}

absl::StatusOr<proto::ImageConfig> ParseRunConfig(const JsonObject& object) {
  proto::ImageConfig run;
  std::string user, working_dir, stop_signal;
  CLEAT_RETURN_IF_ERROR(TakeString(object, "User", &user));
  CLEAT_RETURN_IF_ERROR(TakeString(object, "WorkingDir", &working_dir));
  CLEAT_RETURN_IF_ERROR(TakeString(object, "StopSignal", &stop_signal));
  if (!user.empty()) run.set_user(user);
  if (!working_dir.empty()) run.set_working_dir(working_dir);
  if (!stop_signal.empty()) run.set_stop_signal(stop_signal);
  CLEAT_RETURN_IF_ERROR(TakeStrings(object, "Env", run.mutable_env()));
  CLEAT_RETURN_IF_ERROR(
      TakeStrings(object, "Entrypoint", run.mutable_entrypoint()));
  CLEAT_RETURN_IF_ERROR(TakeStrings(object, "Cmd", run.mutable_cmd()));
  CLEAT_RETURN_IF_ERROR(TakeKeys(object, "Volumes", run.mutable_volumes()));
  CLEAT_RETURN_IF_ERROR(
      TakeKeys(object, "ExposedPorts", run.mutable_exposed_ports()));
  CLEAT_ASSIGN_OR_RETURN(const JsonObject::Pairs labels,
                         object.StringMap("Labels"));
  for (const auto& label : labels) {
    (*run.mutable_labels())[label.first] = label.second;
  }
  return run;
}

absl::StatusOr<proto::Platform> ParseConfigPlatform(const JsonObject& object) {
  proto::Platform platform;
  CLEAT_ASSIGN_OR_RETURN(absl::string_view os, object.String("os"));
  CLEAT_ASSIGN_OR_RETURN(absl::string_view architecture,
                         object.String("architecture"));
  CLEAT_ASSIGN_OR_RETURN(absl::string_view variant,
                         object.OptionalString("variant"));
  platform.set_os(std::string(os));
  platform.set_architecture(std::string(architecture));
  if (!variant.empty()) platform.set_variant(std::string(variant));
  return platform;
}

absl::StatusOr<std::vector<std::string>> ParseDiffIds(
    const JsonObject& object) {
  CLEAT_ASSIGN_OR_RETURN(const JsonObject rootfs, object.Object("rootfs"));
  CLEAT_ASSIGN_OR_RETURN(std::vector<std::string> diff_ids,
                         rootfs.Strings("diff_ids"));
  if (diff_ids.size() > kMaxLayers) {
    return rootfs.Error(
        "diff_ids",
        absl::StrCat("has ", diff_ids.size(), " layers, more than the ",
                     kMaxLayers, " that the kernel stacks"));
  }
  for (const std::string& diff_id : diff_ids) {
    const absl::Status status = digest::ParseHex(diff_id).status();
    if (!status.ok()) return rootfs.Error("diff_ids", status.message());
  }
  return diff_ids;
}

}  // namespace

absl::StatusOr<Config> ParseConfig(std::string text, absl::string_view name) {
  CLEAT_ASSIGN_OR_RETURN(base::JsonDocument document,
                         base::JsonDocument::Parse(std::move(text), name));
  CLEAT_ASSIGN_OR_RETURN(const JsonObject object, document.Object());
  Config config;
  CLEAT_ASSIGN_OR_RETURN(config.platform, ParseConfigPlatform(object));
  CLEAT_ASSIGN_OR_RETURN(config.diff_ids, ParseDiffIds(object));
  CLEAT_RETURN_IF_ERROR(TakeString(object, "created", &config.created));
  if (!object.Has("config")) return config;
  CLEAT_ASSIGN_OR_RETURN(const JsonObject run, object.Object("config"));
  CLEAT_ASSIGN_OR_RETURN(config.run, ParseRunConfig(run));
  return config;
}

}  // namespace cleat::image
