#include "lib/derive/edit_config.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/json_dom.h"
#include "lib/base/status_macros.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace cleat::derive {
namespace {

using absl::string_view;
using rapidjson::Value;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

// Writing goes down by recursion.
constexpr int kMaxDepth = 100;

bool IsNestedTooDeep(string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '[')) {
      if (++depth > kMaxDepth) return true;
    } else if (!quoted && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return false;
}

// "0.00E25", on which RapidJSON's exact way of reading counts the zeros in 0,
// which is undefined; the other is exact for it.
bool HasZeroWithExponent(string_view text) {
  for (size_t at = text.find_first_of("eE"); at != string_view::npos;
       at = text.find_first_of("eE", at + 1)) {
    size_t begin = at;
    while (begin > 0 &&
           (absl::ascii_isdigit(text[begin - 1]) || text[begin - 1] == '.')) {
      --begin;
    }
    const string_view mantissa = text.substr(begin, at - begin);
    if (!mantissa.empty() &&
        mantissa.find_first_not_of("0.") == string_view::npos) {
      return true;
    }
  }
  return false;
}

absl::Status Malformed(string_view flag, string_view value, string_view cure) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " '", value, "': ", cure));
}

string_view KeyOf(string_view pair) { return pair.substr(0, pair.find('=')); }

absl::Status CheckPairs(string_view flag, const Texts& pairs) {
  for (const std::string& pair : pairs) {
    if (!absl::StrContains(pair, '=') || pair[0] == '=') {
      return Malformed(flag, pair, "give NAME=VALUE");
    }
  }
  return absl::OkStatus();
}

// "80", "80/tcp", "53/udp" and "8000-8010/tcp".
absl::Status CheckPort(const std::string& port) {
  const std::pair<string_view, string_view> parts =
      absl::StrSplit(port, absl::MaxSplits('/', 1));
  const bool protocol = parts.second == "tcp" || parts.second == "udp" ||
                        parts.second == "sctp" || !absl::StrContains(port, '/');
  for (const string_view end : absl::StrSplit(parts.first, '-')) {
    int number = 0;
    if (!protocol || !absl::SimpleAtoi(end, &number) || number < 1 ||
        number > 65535) {
      return Malformed("--expose", port, "give PORT or PORT/tcp|udp|sctp");
    }
  }
  return absl::OkStatus();
}

// A config that is being edited.
class Editor {
 public:
  absl::Status Parse(string_view text);
  absl::Status Apply(const ConfigChanges& changes);
  std::string Print() const;

 private:
  using Member = Value::MemberIterator;

  Value Text(string_view text) {
    return Value(text.data(), static_cast<rapidjson::SizeType>(text.size()),
                 json_.GetAllocator());
  }
  // The member, made if it is missing or null. kInvalidArgument for another
  // type.
  absl::StatusOr<Value*> Require(Value& object, const char* key,
                                 rapidjson::Type type);
  void Set(Value& object, string_view key, Value value);
  absl::Status SetList(Value& run, const char* key, const Texts& values);
  absl::Status EditEnv(Value& run, const proto::ImageEdit& edit);
  absl::Status EditLabels(Value& run, const proto::ImageEdit& edit);
  absl::Status AddToSet(Value& run, const char* key, const Texts& values,
                        string_view suffix);
  absl::Status EditRun(const proto::ImageEdit& edit);
  absl::Status AddHistory(const ConfigChanges& changes);
  absl::Status AddLayer(const std::string& diff_id);

  rapidjson::Document json_;
};

absl::Status Editor::Parse(string_view text) {
  if (IsNestedTooDeep(text)) {
    return absl::InvalidArgumentError("image config: nested too deep");
  }
  // Which refuses numbers that are too large; the exact way makes others of
  // them.
  CLEAT_ASSIGN_OR_RETURN(json_,
                         base::ParseJsonDom(std::string(text), "image config"));
  if (!json_.IsObject()) {
    return absl::InvalidArgumentError("image config: is no JSON object");
  }
  if (HasZeroWithExponent(text)) return absl::OkStatus();
  json_.Parse<rapidjson::kParseIterativeFlag |
              rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
  return absl::OkStatus();
}

absl::StatusOr<Value*> Editor::Require(Value& object, const char* key,
                                       rapidjson::Type type) {
  Member member = object.FindMember(key);
  if (member == object.MemberEnd()) {
    object.AddMember(Text(key), Value(type), json_.GetAllocator());
    member = object.FindMember(key);
  }
  if (member->value.IsNull()) member->value = Value(type);
  if (member->value.GetType() == type) return &member->value;
  return absl::InvalidArgumentError(
      absl::StrCat("image config: field ", key, ": is of another type"));
}

void Editor::Set(Value& object, string_view key, Value value) {
  Value name = Text(key);
  const Member member = object.FindMember(name);
  if (member == object.MemberEnd()) {
    object.AddMember(name, value, json_.GetAllocator());
  } else {
    member->value = value;
  }
}

// One empty value stands for none: the member goes.
absl::Status Editor::SetList(Value& run, const char* key, const Texts& values) {
  if (values.empty()) return absl::OkStatus();
  if (values.size() == 1 && values[0].empty()) {
    run.EraseMember(key);
    return absl::OkStatus();
  }
  Value list(rapidjson::kArrayType);
  for (const std::string& value : values) {
    list.PushBack(Text(value), json_.GetAllocator());
  }
  Set(run, key, std::move(list));
  return absl::OkStatus();
}

absl::Status Editor::EditEnv(Value& run, const proto::ImageEdit& edit) {
  if (edit.env().empty() && edit.unset_env().empty()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(Value * list,
                         Require(run, "Env", rapidjson::kArrayType));
  const auto find = [list](string_view name) {
    return std::find_if(list->Begin(), list->End(), [name](const Value& item) {
      return item.IsString() &&
             KeyOf({item.GetString(), item.GetStringLength()}) == name;
    });
  };
  for (const std::string& name : edit.unset_env()) {
    const auto item = find(name);
    if (item != list->End()) list->Erase(item);
  }
  for (const std::string& pair : edit.env()) {
    const auto item = find(KeyOf(pair));
    if (item != list->End()) {
      *item = Text(pair);
    } else {
      list->PushBack(Text(pair), json_.GetAllocator());
    }
  }
  return absl::OkStatus();
}

absl::Status Editor::EditLabels(Value& run, const proto::ImageEdit& edit) {
  if (edit.label().empty() && edit.unset_label().empty()) {
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(Value * labels,
                         Require(run, "Labels", rapidjson::kObjectType));
  for (const std::string& key : edit.unset_label()) {
    labels->EraseMember(Text(key));
  }
  for (const std::string& pair : edit.label()) {
    const string_view key = KeyOf(pair);
    Set(*labels, key, Text(string_view(pair).substr(key.size() + 1)));
  }
  return absl::OkStatus();
}

// Go's set: an object of empty objects.
absl::Status Editor::AddToSet(Value& run, const char* key, const Texts& values,
                              string_view suffix) {
  if (values.empty()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(Value * set,
                         Require(run, key, rapidjson::kObjectType));
  for (const std::string& value : values) {
    const bool whole = suffix.empty() || absl::StrContains(value, '/');
    Set(*set, absl::StrCat(value, whole ? "" : suffix),
        Value(rapidjson::kObjectType));
  }
  return absl::OkStatus();
}

absl::Status Editor::EditRun(const proto::ImageEdit& edit) {
  CLEAT_ASSIGN_OR_RETURN(Value * run,
                         Require(json_, "config", rapidjson::kObjectType));
  CLEAT_RETURN_IF_ERROR(SetList(*run, "Entrypoint", edit.entrypoint()));
  CLEAT_RETURN_IF_ERROR(SetList(*run, "Cmd", edit.cmd()));
  CLEAT_RETURN_IF_ERROR(EditEnv(*run, edit));
  CLEAT_RETURN_IF_ERROR(EditLabels(*run, edit));
  CLEAT_RETURN_IF_ERROR(AddToSet(*run, "ExposedPorts", edit.expose(), "/tcp"));
  CLEAT_RETURN_IF_ERROR(AddToSet(*run, "Volumes", edit.volume(), ""));
  if (edit.has_workdir()) Set(*run, "WorkingDir", Text(edit.workdir()));
  if (edit.has_user()) Set(*run, "User", Text(edit.user()));
  if (edit.has_stop_signal()) Set(*run, "StopSignal", Text(edit.stop_signal()));
  return absl::OkStatus();
}

absl::Status Editor::AddLayer(const std::string& diff_id) {
  CLEAT_ASSIGN_OR_RETURN(Value * rootfs,
                         Require(json_, "rootfs", rapidjson::kObjectType));
  CLEAT_ASSIGN_OR_RETURN(Value * ids,
                         Require(*rootfs, "diff_ids", rapidjson::kArrayType));
  ids->PushBack(Text(diff_id), json_.GetAllocator());
  return absl::OkStatus();
}

absl::Status Editor::AddHistory(const ConfigChanges& changes) {
  CLEAT_ASSIGN_OR_RETURN(Value * history,
                         Require(json_, "history", rapidjson::kArrayType));
  for (const HistoryLine& line : changes.history) {
    Value item(rapidjson::kObjectType);
    Set(item, "created", Text(changes.created));
    if (!line.created_by.empty()) {
      Set(item, "created_by", Text(line.created_by));
    }
    if (changes.edit.has_author()) {
      Set(item, "author", Text(changes.edit.author()));
    }
    if (!line.comment.empty()) Set(item, "comment", Text(line.comment));
    if (line.diff_id.empty()) Set(item, "empty_layer", Value(true));
    history->PushBack(item, json_.GetAllocator());
  }
  return absl::OkStatus();
}

absl::Status Editor::Apply(const ConfigChanges& changes) {
  Set(json_, "created", Text(changes.created));
  if (changes.edit.has_author()) {
    Set(json_, "author", Text(changes.edit.author()));
  }
  CLEAT_RETURN_IF_ERROR(EditRun(changes.edit));
  for (const HistoryLine& line : changes.history) {
    if (line.diff_id.empty()) continue;
    CLEAT_RETURN_IF_ERROR(AddLayer(line.diff_id));
  }
  return AddHistory(changes);
}

std::string Editor::Print() const {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  json_.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace

absl::Status CheckEdit(const proto::ImageEdit& edit) {
  CLEAT_RETURN_IF_ERROR(CheckPairs("--env", edit.env()));
  CLEAT_RETURN_IF_ERROR(CheckPairs("--label", edit.label()));
  for (const std::string& port : edit.expose()) {
    CLEAT_RETURN_IF_ERROR(CheckPort(port));
  }
  for (const std::string& volume : edit.volume()) {
    if (!absl::StartsWith(volume, "/")) {
      return Malformed("--volume", volume, "give a path from / on");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> EditConfig(string_view text,
                                       const ConfigChanges& changes) {
  CLEAT_RETURN_IF_ERROR(CheckEdit(changes.edit));
  Editor editor;
  CLEAT_RETURN_IF_ERROR(editor.Parse(text));
  CLEAT_RETURN_IF_ERROR(editor.Apply(changes));
  return editor.Print();
}

}  // namespace cleat::derive
