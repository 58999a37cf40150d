#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "lib/cli/completion.h"

namespace cleat::cli {
namespace {

constexpr char kFunctions[] = R"sh(
_cleat_containers() {
  local id name rest
  local -a found
  container-list 2>/dev/null | while read -r id name rest; do
    [[ $id == ID ]] && continue
    found+=($id)
    [[ $name == - ]] || found+=($name)
  done
  compadd "$@" -a found
}

_cleat_images() {
  local repository tag rest
  local -a found
  image-list 2>/dev/null | while read -r repository tag rest; do
    [[ $repository == (REPOSITORY|\<none\>) ]] || found+=($repository:$tag)
  done
  compadd "$@" -a found
}

_cleat_copies() {
  local found=1
  _cleat_containers -S : && found=0
  _files && found=0
  return found
}
)sh";

// Of a specification of _arguments, in single quotes.
std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"'", "'\\''"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
}

std::string Action(const Values& values) {
  static const char* const kActions[] = {" ",
                                         "_files",
                                         "_files -/",
                                         "_cleat_containers",
                                         "_cleat_images",
                                         "_command_names -e",
                                         "_cleat_copies",
                                         ""};
  if (values.source == Source::kWords) {
    return absl::StrCat("(", absl::StrJoin(values.words, " "), ")");
  }
  return kActions[static_cast<int>(values.source)];
}

std::string Value(const pb::Flag& flag) {
  return absl::StrCat(Escaped(flag.value), ":", Action(ValuesOf(flag)));
}

// '*--id=[help]:ID:_cleat_containers'
std::string Specification(const pb::Flag& flag, const std::string& form) {
  std::string value;
  if (flag.field->type != pb::Type::kBool) {
    value = absl::StrCat(NeedsValue(flag) ? ":" : "::", Value(flag));
  }
  return absl::StrCat(" \\\n  '", flag.field->repeated ? "*" : "", form, "[",
                      Escaped(BriefHelp(flag)), "]", value, "'");
}

std::string Specifications(const pb::Flag& flag) {
  const bool is_bool = flag.field->type == pb::Type::kBool;
  const char* const joint = is_bool ? "" : NeedsValue(flag) ? "=" : "=-";
  std::string text = Specification(flag, absl::StrCat("--", flag.name, joint));
  if (flag.letter != 0) {
    const char* const letter_joint = NeedsValue(flag) ? "+" : "";
    absl::StrAppend(
        &text,
        Specification(flag, absl::StrCat("-", std::string(1, flag.letter),
                                         letter_joint)));
  }
  return text;
}

std::string OperandText(const Operands& operands) {
  if (operands.values.source == Source::kPrograms) {
    return " \\\n  '(-)1:program:_command_names -e' \\\n  "
           "'*::argument:_normal'";
  }
  return absl::StrCat(" \\\n  '", operands.several ? "*" : "1",
                      ":operand:", Action(operands.values), "'");
}

}  // namespace

std::string ZshCompletion(const pb::Tool& tool) {
  std::string flags;
  for (const pb::Flag& flag : tool) {
    if (!flag.operand && !flag.hidden) {
      absl::StrAppend(&flags, Specifications(flag));
    }
  }
  return absl::StrCat("#compdef ", tool.name, "\n# Completion of ", tool.name,
                      " for zsh, made from its options.\n", kFunctions,
                      "\n_arguments -s -S", flags,
                      " \\\n  '--help[Print a summary]' \\\n"
                      "  '--version[Print the version]'",
                      OperandText(OperandsOf(tool)), "\n");
}

const char kZshCleatCompletion[] = R"sh(#compdef cleat
# Completion of cleat for zsh.
if ((CURRENT == 2)); then
  compadd -- help ${(f)"$(cleat help --list)"}
elif [[ $words[2] == help ]]; then
  compadd -- ${(f)"$(cleat help --list)"}
else
  shift words
  ((CURRENT--))
  service=$words[1]
  _$words[1]
fi
)sh";

}  // namespace cleat::cli
