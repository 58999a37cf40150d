#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "lib/cli/completion.h"

namespace cleat::cli {
namespace {

constexpr char kFunctions[] = R"sh(
function __cleat_containers
    command -q container-list; or return
    container-list 2>/dev/null | while read -l id name rest
        test "$id" = ID; and continue
        echo $id
        test "$name" = -; or echo $name
    end
end

function __cleat_images
    command -q image-list; or return
    image-list 2>/dev/null | while read -l repository tag rest
        contains -- "$repository" REPOSITORY '<none>'; or echo $repository:$tag
    end
end

)sh";

std::string Quoted(absl::string_view text) {
  return absl::StrCat(
      "'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

// What `complete` is told of values: -x for "nothing but these", -F for files.
std::string Candidates(const Values& values) {
  switch (values.source) {
    case Source::kAnything:
      return " -x";
    case Source::kFiles:
      return " -r -F";
    case Source::kDirectories:
      return " -x -a '(__fish_complete_directories)'";
    case Source::kContainers:
      return " -x -a '(__cleat_containers)'";
    case Source::kImages:
      return " -x -a '(__cleat_images)'";
    case Source::kPrograms:
      return " -x -a '(__fish_complete_subcommand)'";
    case Source::kCopies:
      return " -F -a '(__cleat_containers):'";
    case Source::kWords:
      return absl::StrCat(" -x -a ", Quoted(absl::StrJoin(values.words, " ")));
  }
  return "";
}

std::string Line(const pb::Tool& tool, const pb::Flag& flag) {
  std::string line = absl::StrCat("complete -c ", tool.name, " -l ", flag.name);
  if (flag.letter != 0) {
    absl::StrAppend(&line, " -s ", std::string(1, flag.letter));
  }
  if (NeedsValue(flag)) {
    absl::StrAppend(&line, Candidates(ValuesOf(flag)));
  } else if (flag.implied != nullptr) {
    const Values values = ValuesOf(flag);
    absl::StrAppend(&line, " -f -a ", Quoted(absl::StrJoin(values.words, " ")));
  }
  return absl::StrCat(line, " -d ", Quoted(BriefHelp(flag)), "\n");
}

std::string OperandLine(const pb::Tool& tool) {
  const Values values = OperandsOf(tool).values;
  const std::string begin = absl::StrCat("complete -c ", tool.name);
  if (values.source == Source::kFiles) return absl::StrCat(begin, " -F\n");
  if (values.source == Source::kAnything) return absl::StrCat(begin, " -f\n");
  if (values.source == Source::kCopies) {
    return absl::StrCat(begin, Candidates(values), "\n");
  }
  return absl::StrCat(
      begin, absl::StrReplaceAll(Candidates(values), {{" -x", " -f"}}), "\n");
}

}  // namespace

std::string FishCompletion(const pb::Tool& tool) {
  std::string text =
      absl::StrCat("# Completion of ", tool.name,
                   " for fish, made from its options.\n", kFunctions);
  absl::StrAppend(&text, OperandLine(tool));
  for (const pb::Flag& flag : tool) {
    if (!flag.operand && !flag.hidden) absl::StrAppend(&text, Line(tool, flag));
  }
  absl::StrAppend(&text, "complete -c ", tool.name,
                  " -l help -d 'Print a summary'\ncomplete -c ", tool.name,
                  " -l version -d 'Print the version'\n");
  return text;
}

const char kFishCleatCompletion[] = R"sh(# Completion of cleat for fish.
complete -c cleat -f
complete -c cleat -n __fish_use_subcommand -a 'help (cleat help --list)'
complete -c cleat -n '__fish_seen_subcommand_from help' -a '(cleat help --list)'
complete -c cleat \
    -n 'not __fish_use_subcommand; and not __fish_seen_subcommand_from help' \
    -a '(complete -C (string replace -r "^\\S+\\s+" "" -- (commandline -cp)))'
)sh";

}  // namespace cleat::cli
