// A protoc plugin: writes NAME.table.h and NAME.table.cc, the constant tables
// of lib/pb/table.h, for each NAME.proto.

#include <google/protobuf/compiler/code_generator.h>
#include <google/protobuf/compiler/cpp/names.h>
#include <google/protobuf/compiler/plugin.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/printer.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "proto/flags.pb.h"

namespace cleat {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::SourceLocation;
using google::protobuf::io::Printer;
namespace cpp = google::protobuf::compiler::cpp;

using Variables = std::map<std::string, std::string>;

std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::CEscape(text), "\"");
}

std::string QuotedOrNull(const std::string& text) {
  return text.empty() ? "nullptr" : Quoted(text);
}

// A comment as one paragraph.
template <typename D>
std::string Comment(const D* descriptor) {
  SourceLocation location;
  if (!descriptor->GetSourceLocation(&location)) return "";
  std::vector<std::string> words = absl::StrSplit(
      location.leading_comments, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  return absl::StrJoin(words, " ");
}

std::string TableFunction(const Descriptor* message) {
  return absl::StrCat("::cleat::pb::TableOf<", cpp::QualifiedClassName(message),
                      ">");
}

// The type as lib/pb/table.h has it; empty where it has none.
std::string TypeName(const FieldDescriptor* field) {
  if (field->is_map()) return "kMap";
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "kBool";
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      return "kInteger";
    case FieldDescriptor::CPPTYPE_STRING:
      return "kString";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "kMessage";
    default:
      return "";
  }
}

std::pair<std::string, std::string> Range(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return {"INT32_MIN", "INT32_MAX"};
    case FieldDescriptor::CPPTYPE_UINT32:
      return {"0", "UINT32_MAX"};
    case FieldDescriptor::CPPTYPE_UINT64:
      return {"0", "INT64_MAX"};
    default:
      return {"INT64_MIN", "INT64_MAX"};
  }
}

Variables FieldVariables(const FieldDescriptor* field) {
  const auto [min, max] = Range(field);
  const bool singular = !field->is_repeated();
  const std::string accessor = cpp::FieldName(field);
  return {
      {"class", cpp::QualifiedClassName(field->containing_type())},
      {"f", accessor},
      {"name", field->name()},
      {"json", field->json_name()},
      {"type", TypeName(field)},
      {"repeated", singular ? "false" : "true"},
      {"min", min},
      {"max", max},
      {"size", singular ? absl::StrCat("has_", accessor, "() ? 1 : 0")
                        : absl::StrCat(accessor, "_size()")},
      {"get", absl::StrCat(accessor, singular ? "()" : "(i)")},
      {"put", absl::StrCat(singular ? "set_" : "add_", accessor)},
      {"mutable", absl::StrCat(singular ? "mutable_" : "add_", accessor)},
      {"i", singular ? "" : " i"},
      {"table",
       field->message_type() == nullptr || field->is_map()
           ? "nullptr"
           : absl::StrCat("[]() { return &",
                          TableFunction(field->message_type()), "(); }")},
  };
}

constexpr char kIntegerFunctions[] = R"(
     [](const void* m, int$i$) -> int64_t {
       return static_cast<int64_t>(static_cast<const $class$*>(m)->$get$);
     },
     [](void* m, int64_t v) {
       using T = std::decay_t<decltype(static_cast<$class$*>(m)->$get0$)>;
       static_cast<$class$*>(m)->$put$(static_cast<T>(v));
     },
     nullptr, nullptr, nullptr, nullptr, nullptr, nullptr},
)";

constexpr char kStringFunctions[] = R"(
     nullptr, nullptr,
     [](const void* m, int$i$) -> const std::string& {
       return static_cast<const $class$*>(m)->$get$;
     },
     [](void* m, std::string v) {
       static_cast<$class$*>(m)->$put$(std::move(v));
     },
     nullptr, nullptr, nullptr, nullptr},
)";

constexpr char kMessageFunctions[] = R"(
     nullptr, nullptr, nullptr, nullptr,
     [](const void* m, int$i$) -> const void* {
       return &static_cast<const $class$*>(m)->$get$;
     },
     [](void* m) -> void* { return static_cast<$class$*>(m)->$mutable$(); },
     nullptr, nullptr},
)";

constexpr char kMapFunctions[] = R"(
     nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
     [](const void* m) -> const ::cleat::pb::StringMap& {
       return static_cast<const $class$*>(m)->$f$();
     },
     [](void* m) { return static_cast<$class$*>(m)->mutable_$f$(); }},
)";

const char* Functions(const std::string& type) {
  if (type == "kString") return kStringFunctions;
  if (type == "kMessage") return kMessageFunctions;
  if (type == "kMap") return kMapFunctions;
  return kIntegerFunctions;
}

void PrintField(const FieldDescriptor* field, Printer* out) {
  Variables variables = FieldVariables(field);
  variables["get0"] = absl::StrReplaceAll(variables["get"], {{"(i)", "(0)"}});
  out->Print(variables, R"(
    {"$name$", "$json$", ::cleat::pb::Type::$type$, $repeated$, $min$, $max$,
     $table$,
     [](const void* m) -> int {
       return static_cast<const $class$*>(m)->$size$;
     },
     [](void* m) { static_cast<$class$*>(m)->clear_$f$(); },)");
  out->Print(variables, Functions(variables["type"]));
}

std::string FieldsName(const Descriptor* message) {
  return absl::StrCat("k", cpp::ClassName(message), "Fields");
}

void PrintMessage(const Descriptor* message, Printer* out) {
  const Variables variables = {
      {"fields", FieldsName(message)},
      {"class", cpp::QualifiedClassName(message)},
      {"name", message->name()},
      {"count", absl::StrCat(message->field_count())},
  };
  if (message->field_count() == 0) {
    out->Print(variables,
               "constexpr ::cleat::pb::Field* $fields$ = nullptr;\n");
  } else {
    out->Print(variables, "constexpr ::cleat::pb::Field $fields$[] = {");
    for (int i = 0; i < message->field_count(); ++i) {
      PrintField(message->field(i), out);
    }
    out->Print("};\n\n");
  }
}

void PrintTableFunction(const Descriptor* message, Printer* out) {
  out->Print({{"class", cpp::QualifiedClassName(message)},
              {"name", message->name()},
              {"fields", FieldsName(message)},
              {"count", absl::StrCat(message->field_count())}},
             R"(template <>
const Message& TableOf<$class$>() {
  static constexpr Message table = {"$name$", $fields$, $count$};
  return table;
}

)");
}

// Every field that is a flag, with the accessors of the embedded messages that
// lead to it: {"filter", "common"}.
struct FlagField {
  const FieldDescriptor* field;
  std::vector<std::string> path;
};

std::string FlagName(const FieldDescriptor* field, const proto::Flag& flag) {
  if (!flag.name().empty()) return flag.name();
  return absl::StrReplaceAll(field->name(), {{"_", "-"}});
}

void CollectFlags(const Descriptor* message,
                  const std::vector<std::string>& path,
                  const std::set<std::string>& without,
                  std::vector<FlagField>* flags) {
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    const proto::Flag& flag = field->options().GetExtension(proto::flag);
    if (flag.embed()) {
      std::vector<std::string> below = path;
      below.push_back(cpp::FieldName(field));
      CollectFlags(field->message_type(), below,
                   absl::StrSplit(flag.without(), ','), flags);
    } else if (!flag.none() && field->message_type() == nullptr &&
               without.count(FlagName(field, flag)) == 0) {
      flags->push_back({field, path});
    }
  }
}

std::string DefaultValueName(const FieldDescriptor* field,
                             const proto::Flag& flag) {
  static const std::map<proto::Unit, std::string> kNames = {
      {proto::UNIT_BYTES, "SIZE"}, {proto::UNIT_DURATION, "TIME"},
      {proto::UNIT_LIST, "LIST"},  {proto::UNIT_BYTES_OR_UNLIMITED, "SIZE"},
      {proto::UNIT_OCTAL, "MODE"},
  };
  if (!flag.value().empty()) return flag.value();
  const auto name = kNames.find(flag.unit());
  if (name != kNames.end()) return name->second;
  return TypeName(field) == "kInteger" ? "N" : "VALUE";
}

std::string UnitName(proto::Unit unit) {
  static const char* const kNames[] = {
      "kNone", "kBytes", "kDuration",         "kNano",
      "kList", "kCount", "kBytesOrUnlimited", "kOctal"};
  return kNames[unit];
}

// "filter", "common" to "->mutable_filter()->mutable_common()".
std::string OwnerExpression(const Descriptor* options,
                            const std::vector<std::string>& path) {
  std::string expression =
      absl::StrCat("static_cast<", cpp::QualifiedClassName(options), "*>(m)");
  for (const std::string& name : path) {
    absl::StrAppend(&expression, "->mutable_", name, "()");
  }
  return expression;
}

// The field that takes the flag's value: its own, or the list that it shares.
const FieldDescriptor* StoredIn(const FieldDescriptor* field,
                                const proto::Flag& flag) {
  if (flag.list().empty()) return field;
  return field->containing_type()->FindFieldByName(flag.list());
}

void PrintFlag(const Descriptor* options, const FlagField& it, Printer* out) {
  const proto::Flag& flag = it.field->options().GetExtension(proto::flag);
  const std::string name = FlagName(it.field, flag);
  out->Print(
      {{"name", name},
       {"letter",
        flag.letter().empty() ? "0" : absl::StrCat("'", flag.letter(), "'")},
       {"bare", flag.bare_letter() ? "true" : "false"},
       {"hidden", flag.hidden() ? "true" : "false"},
       {"operand", flag.operand() ? "true" : "false"},
       {"min", absl::StrCat(flag.min())},
       {"unit", UnitName(flag.unit())},
       {"value", Quoted(DefaultValueName(it.field, flag))},
       {"help", Quoted(Comment(it.field))},
       {"implied", QuotedOrNull(flag.implied())},
       {"fallback", QuotedOrNull(flag.default_())},
       {"listed", flag.list().empty() ? "false" : "true"},
       {"table", TableFunction(it.field->containing_type())},
       {"index", absl::StrCat(StoredIn(it.field, flag)->index())},
       {"owner", OwnerExpression(options, it.path)}},
      R"(    {"$name$", $letter$, $bare$, $hidden$, $operand$, $min$, Unit::$unit$,
     $value$, $help$,
     $implied$, $fallback$, $listed$,
     &$table$().fields[$index$],
     [](void* m) -> void* { return $owner$; }},
)");
}

void PrintStrings(const char* name,
                  const google::protobuf::RepeatedPtrField<std::string>& texts,
                  Printer* out) {
  out->Print("  static constexpr const char* $name$[] = {\n", "name", name);
  for (const std::string& text : texts) {
    out->Print("      $text$,\n", "text", Quoted(text));
  }
  out->Print("      nullptr};\n");
}

void PrintTool(const Descriptor* message, Printer* out) {
  const proto::Tool& tool = message->options().GetExtension(proto::tool);
  static const char* const kKinds[] = {"", "kFilter", "kWrapper", "kQuery",
                                       "kData"};
  out->Print("template <>\nconst Tool& ToolOf<$class$>() {\n", "class",
             cpp::QualifiedClassName(message));
  PrintStrings("examples", tool.examples(), out);
  PrintStrings("see_also", tool.see_also(), out);
  PrintStrings("notes", tool.notes(), out);
  std::vector<FlagField> flags;
  CollectFlags(message, {}, {}, &flags);
  out->Print("  static const Flag flags[] = {\n");
  for (const FlagField& flag : flags) PrintFlag(message, flag, out);
  out->Print("  };\n");
  out->Print({{"name", Quoted(tool.name())},
              {"kind", kKinds[tool.kind()]},
              {"util_linux", tool.util_linux() ? "true" : "false"},
              {"operands", Quoted(tool.operands())},
              {"reads", Quoted(tool.reads())},
              {"summary", Quoted(Comment(message))},
              {"count", absl::StrCat(flags.size())}},
             R"(  static const Tool tool = {
      $name$, ToolKind::$kind$, $operands$, $reads$,
      $summary$,
      examples, see_also, notes, $util_linux$, flags, $count$};
  return tool;
}

)");
}

void ForEachMessage(const Descriptor* message,
                    const std::function<void(const Descriptor*)>& act) {
  if (message->options().map_entry()) return;
  act(message);
  for (int i = 0; i < message->nested_type_count(); ++i) {
    ForEachMessage(message->nested_type(i), act);
  }
}

void ForEachMessage(const FileDescriptor* file,
                    const std::function<void(const Descriptor*)>& act) {
  for (int i = 0; i < file->message_type_count(); ++i) {
    ForEachMessage(file->message_type(i), act);
  }
}

bool IsTool(const Descriptor* message) {
  return message->options().HasExtension(proto::tool);
}

// A list that several flags append to is a field beside theirs, of their type.
bool HasList(const FieldDescriptor* field) {
  const proto::Flag& flag = field->options().GetExtension(proto::flag);
  const FieldDescriptor* const list = StoredIn(field, flag);
  return list != nullptr && list->is_repeated() == field->is_repeated() &&
         list->type() == field->type();
}

// What the tables cannot express, named; empty when all is well.
std::string Unsupported(const FileDescriptor* file) {
  std::string error;
  ForEachMessage(file, [&](const Descriptor* message) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      const bool presence = field->is_repeated() || field->has_presence();
      if (TypeName(field).empty() || !presence) {
        error = absl::StrCat(field->full_name(),
                             ": not a type of lib/pb/table.h, or a scalar "
                             "without 'optional'");
      }
      if (!HasList(field)) {
        error = absl::StrCat(field->full_name(),
                             ": its list is no repeated string beside it");
      }
    }
  });
  return error;
}

class TableGenerator : public google::protobuf::compiler::CodeGenerator {
 public:
  uint64_t GetSupportedFeatures() const override {
    return FEATURE_PROTO3_OPTIONAL;
  }

  bool Generate(const FileDescriptor* file, const std::string&,
                google::protobuf::compiler::GeneratorContext* context,
                std::string* error) const override {
    *error = Unsupported(file);
    if (!error->empty()) return false;
    const std::string base = cpp::StripProto(file->name());
    WriteHeader(file, base, context);
    WriteSource(file, base, context);
    return true;
  }

 private:
  static void WriteHeader(const FileDescriptor* file, const std::string& base,
                          google::protobuf::compiler::GeneratorContext* to) {
    std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> stream(
        to->Open(base + ".table.h"));
    Printer out(stream.get(), '$');
    out.Print(
        "#pragma once\n\n#include \"lib/pb/table.h\"\n"
        "#include \"$base$.pb.h\"\n\nnamespace cleat::pb {\n\n",
        "base", base);
    ForEachMessage(file, [&](const Descriptor* message) {
      const std::string name = cpp::QualifiedClassName(message);
      out.Print("template <>\nconst Message& TableOf<$name$>();\n", "name",
                name);
      if (!IsTool(message)) return;
      out.Print(
          "template <>\nconst Tool& ToolOf<$name$>();\n"
          "template <>\ninline constexpr const char* kNameOfTool<$name$> = "
          "$tool$;\n",
          "name", name, "tool",
          Quoted(message->options().GetExtension(proto::tool).name()));
    });
    out.Print("\n}  // namespace cleat::pb\n");
  }

  static void WriteSource(const FileDescriptor* file, const std::string& base,
                          google::protobuf::compiler::GeneratorContext* to) {
    std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> stream(
        to->Open(base + ".table.cc"));
    Printer out(stream.get(), '$');
    out.Print("#include \"$base$.table.h\"\n\n", "base", base);
    for (int i = 0; i < file->dependency_count(); ++i) {
      if (file->dependency(i)->name() == "proto/flags.proto") continue;
      out.Print("#include \"$base$.table.h\"\n", "base",
                cpp::StripProto(file->dependency(i)->name()));
    }
    out.Print("\nnamespace cleat::pb {\nnamespace {\n\n");
    ForEachMessage(file, [&](const Descriptor* m) { PrintMessage(m, &out); });
    out.Print("}  // namespace\n\n");
    ForEachMessage(file,
                   [&](const Descriptor* m) { PrintTableFunction(m, &out); });
    ForEachMessage(file, [&](const Descriptor* m) {
      if (IsTool(m)) PrintTool(m, &out);
    });
    out.Print("}  // namespace cleat::pb\n");
  }
};

}  // namespace
}  // namespace cleat

int main(int argc, char** argv) {
  cleat::TableGenerator generator;
  return google::protobuf::compiler::PluginMain(argc, argv, &generator);
}
