#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "lib/cli/completion.h"

namespace cleat::cli {
namespace {

// Every tool's script has the same functions, so that each works alone. The
// words of the line are taken from the line itself: bash's own are cut at '='
// and ':'.
constexpr char kFunctions[] = R"sh(
_cleat_containers() {
  local id name rest
  container-list 2>/dev/null | while read -r id name rest; do
    [ "$id" != ID ] || continue
    echo "$id"
    [ "$name" = - ] || echo "$name"
  done
}

_cleat_images() {
  local repository tag rest
  image-list 2>/dev/null | while read -r repository tag rest; do
    case $repository in
      REPOSITORY | '<none>') ;;
      *) echo "$repository:$tag" ;;
    esac
  done
}

# _cleat_offer SOURCE BEFORE REST: whole words that begin with BEFORE and go on
# with what SOURCE has for REST.
_cleat_offer() {
  local source=$1 before=$2 rest=$3 candidate
  local -a found=()
  case $source in
    files) mapfile -t found < <(compgen -f -- "$rest") ;;
    directories) mapfile -t found < <(compgen -d -- "$rest") ;;
    programs) mapfile -t found < <(compgen -c -- "$rest") ;;
    containers)
      mapfile -t found < <(compgen -W "$(_cleat_containers)" -- "$rest")
      ;;
    images) mapfile -t found < <(compgen -W "$(_cleat_images)" -- "$rest") ;;
    copies)
      mapfile -t found < <(
        compgen -S : -W "$(_cleat_containers)" -- "$rest"
        compgen -f -- "$rest"
      )
      compopt -o nospace 2>/dev/null
      ;;
    words:*) mapfile -t found < <(compgen -W "${source#words:}" -- "$rest") ;;
  esac
  case $source in
    files | directories | copies) compopt -o filenames 2>/dev/null ;;
  esac
  for candidate in "${found[@]}"; do COMPREPLY+=("$before$candidate"); done
}

# _cleat_complete TAKES OPERAND SEVERAL FLAG...: TAKES is a function that says
# what a flag takes: "1 SOURCE" a value, "= SOURCE" one after '=' only, "0"
# none.
_cleat_complete() {
  local takes=$1 operand=$2 several=$3
  shift 3
  local line=${COMP_LINE:0:COMP_POINT} word pending='' operands=0 ended='' i
  local -a words=()
  word=${line##*[[:space:]]}
  read -ra words <<<"${line%"$word"}"
  COMPREPLY=()
  for ((i = 1; i < ${#words[@]}; ++i)); do
    if [ -n "$pending" ]; then
      pending=''
    elif [ -n "$ended" ] || [[ ${words[i]} != -?* ]]; then
      ended=1
      operands=$((operands + 1))
    elif [ "${words[i]}" = -- ]; then
      ended=1
    elif [[ ${words[i]} != *=* ]]; then
      pending=$("$takes" "${words[i]}")
      case $pending in
        '1 '*) pending=${pending#1 } ;;
        *) pending='' ;;
      esac
    fi
  done
  if [ -n "$pending" ]; then
    _cleat_offer "$pending" '' "$word"
  elif [ -z "$ended" ] && [[ $word == --*=* ]]; then
    i=$("$takes" "${word%%=*}")
    _cleat_offer "${i#* }" "${word%%=*}=" "${word#*=}"
  elif [ -z "$ended" ] && [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$*" -- "$word")
    [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
  elif [ "$operands" = 0 ] || [ "$several" = 1 ]; then
    [ "$operands" = 0 ] || [ "$operand" != programs ] || operand=files
    _cleat_offer "$operand" '' "$word"
  fi
  # What bash keeps of the word is not given again.
  local breaks=${COMP_WORDBREAKS//[^=:]/} kept=''
  [ -z "$breaks" ] || kept=${word%"${word##*["$breaks"]}"}
  for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$kept"}; done
}
)sh";

std::string SourceText(const Values& values) {
  static const char* const kNames[] = {"anything",   "files",  "directories",
                                       "containers", "images", "programs",
                                       "copies",     "words:"};
  return absl::StrCat(kNames[static_cast<int>(values.source)],
                      absl::StrJoin(values.words, " "));
}

std::string Case(const pb::Flag& flag) {
  std::string pattern = absl::StrCat("--", flag.name);
  if (flag.letter != 0) {
    absl::StrAppend(&pattern, " | -", std::string(1, flag.letter));
  }
  const char* const arity = flag.field->type == pb::Type::kBool ? "0"
                            : NeedsValue(flag)                  ? "1"
                                                                : "=";
  return absl::StrCat("    ", pattern, ") echo '", arity, " ",
                      SourceText(ValuesOf(flag)), "' ;;\n");
}

}  // namespace

std::string BashCompletion(const pb::Tool& tool) {
  const std::string name =
      absl::StrCat("_cleat_", absl::StrReplaceAll(tool.name, {{"-", "_"}}));
  const Operands operands = OperandsOf(tool);
  std::string cases, flags = "--help --version";
  for (const pb::Flag& flag : tool) {
    if (flag.operand || flag.hidden) continue;
    absl::StrAppend(&cases, Case(flag));
    absl::StrAppend(&flags, " --", flag.name, NeedsValue(flag) ? "=" : "");
  }
  return absl::StrCat(
      "# Completion of ", tool.name, " for bash, made from its options.\n",
      kFunctions, "\n", name, "_takes() {\n  case $1 in\n", cases,
      "    *) echo 0 ;;\n  esac\n}\n\n", name, "() {\n  _cleat_complete ", name,
      "_takes '", SourceText(operands.values), "' ",
      operands.several ? "1" : "0", " \\\n    ", flags, "\n}\n\ncomplete -F ",
      name, " ", tool.name, "\n");
}

const char kBashCleatCompletion[] = R"sh(# Completion of cleat for bash.
_cleat_directory=${BASH_SOURCE[0]%/*}

_cleat() {
  local line=${COMP_LINE:0:COMP_POINT} tool
  local -a words=()
  read -ra words <<<"${line%"${line##*[[:space:]]}"}"
  if [ ${#words[@]} = 1 ]; then
    mapfile -t COMPREPLY < <(
      compgen -W "help $(cleat help --list)" -- "${line##*[[:space:]]}")
    return
  fi
  tool=${words[1]}
  if [ "$tool" = help ]; then
    mapfile -t COMPREPLY < <(
      compgen -W "$(cleat help --list)" -- "${line##*[[:space:]]}")
    return
  fi
  declare -F "_cleat_${tool//-/_}" >/dev/null ||
    . "$_cleat_directory/$tool" 2>/dev/null || return
  local COMP_LINE=${line#*"${words[0]}"} COMP_POINT
  COMP_LINE=${COMP_LINE#"${COMP_LINE%%[![:space:]]*}"}
  COMP_POINT=${#COMP_LINE}
  "_cleat_${tool//-/_}"
}

complete -F _cleat cleat
)sh";

}  // namespace cleat::cli
